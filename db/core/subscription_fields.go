package core

// SubscriptionFields is the vocabulary for subscriptions. A card is asked for by
// its last four digits.
var SubscriptionFields = Vocabulary{
	{Field: FieldID, Type: TypeNumber},
	{Field: FieldUUID, Type: TypeExact},
	{Field: FieldLookupID, Type: TypeExact},
	{Field: FieldStatus, Type: TypeEnum, Aliases: []string{"state", "subscription"}, Choices: stateNames()},
	{Field: FieldPlan, Type: TypeText},
	{Field: FieldName, Type: TypeText, Aliases: []string{"customer"}},
	{Field: FieldEmail, Type: TypeText, Aliases: []string{"emailAddress"}},
	{Field: FieldReference, Type: TypeExact, Aliases: []string{"customerId", "merchantCustomerId"}},
	{Field: FieldCard, Type: TypeExact, Aliases: []string{"lastFour", "last4"}},
	{Field: FieldCardExpires, Type: TypeDate},
	{Field: FieldCurrency, Type: TypeCurrency},
	{Field: FieldFrequency, Type: TypeEnum, Aliases: []string{"every"}, Choices: frequencyNames()},
	{Field: FieldNext, Type: TypeTime, Aliases: []string{"nextRun", "nextCharge"}},
	{Field: FieldStarted, Type: TypeTime, Aliases: []string{"start"}},
	{Field: FieldEnded, Type: TypeTime},
	{Field: FieldCreated, Type: TypeTime, Aliases: []string{"createdOn", "createdAt"}},
	{Field: FieldSource, Type: TypeEnum, Choices: []string{
		string(FromPage), string(FromImport), string(FromDemo), string(FromWallee),
		string(FromMonri), string(FromPayfirma), string(FromAcquired), string(FromCDC),
	}},
}

func stateNames() []string {
	names := make([]string, len(States))
	for i, s := range States {
		names[i] = string(s)
	}
	return names
}

func frequencyNames() []string {
	names := make([]string, len(Frequencies))
	for i, f := range Frequencies {
		names[i] = string(f)
	}
	return names
}
