package core

// AddressVocabulary is the vocabulary for a customer's addresses. wallee: its
// address stands within a customer's, so that names may begin with "address.".
var AddressVocabulary = Vocabulary{
	{Field: FieldID, Type: TypeNumber},
	{Field: FieldVersion, Type: TypeNumber},
	{Field: FieldCreated, Type: TypeTime, Aliases: []string{"createdOn", "createdAt"}},
	{Field: FieldAddressType, Type: TypeEnum, Aliases: []string{"type"}, Choices: []string{string(Billing), string(Shipping), string(Both)}},
	{Field: FieldDefault, Type: TypeFlag, Aliases: []string{"defaultAddress"}},
	{Field: FieldCustomer, Type: TypeNumber, Aliases: []string{"customer.id"}},
	{Field: FieldFirstName, Type: TypeText, Aliases: within("givenName")},
	{Field: FieldLastName, Type: TypeText, Aliases: within("familyName")},
	{Field: FieldSalutation, Type: TypeText, Aliases: within("salutation")},
	{Field: FieldGender, Type: TypeEnum, Aliases: within("gender"), Choices: []string{"male", "female"}},
	{Field: FieldDateOfBirth, Type: TypeDate, Aliases: within("dateOfBirth")},
	{Field: FieldCompany, Type: TypeText, Aliases: within("organizationName")},
	{Field: FieldOrganisationNumber, Type: TypeText, Aliases: within("commercialRegisterNumber")},
	{Field: FieldSalesTaxNumber, Type: TypeText, Aliases: within("salesTaxNumber")},
	{Field: FieldSocialSecurity, Type: TypeText, Aliases: within("socialSecurityNumber")},
	{Field: FieldStreet, Type: TypeText, Aliases: within("street")},
	{Field: FieldPostcode, Type: TypeText, Aliases: within("postcode")},
	{Field: FieldCity, Type: TypeText, Aliases: within("city")},
	{Field: FieldLocality, Type: TypeText, Aliases: within("dependentLocality")},
	{Field: FieldState, Type: TypeText, Aliases: within("postalState")},
	{Field: FieldSortingCode, Type: TypeText, Aliases: within("sortingCode")},
	{Field: FieldCountry, Type: TypeCountry, Aliases: within("country")},
	{Field: FieldEmail, Type: TypeText, Aliases: within("emailAddress")},
	{Field: FieldPhone, Type: TypePhone, Aliases: within("phoneNumber")},
	{Field: FieldMobile, Type: TypePhone, Aliases: within("mobilePhoneNumber")},
}

// within are the names of a field of an address that stands in another record.
func within(name string) []string { return []string{name, "address." + name} }

// NoteVocabulary is the vocabulary for a customer's notes. wallee: comments.
var NoteVocabulary = Vocabulary{
	{Field: FieldID, Type: TypeNumber},
	{Field: FieldVersion, Type: TypeNumber},
	{Field: FieldCreated, Type: TypeTime, Aliases: []string{"createdOn", "createdAt"}},
	{Field: FieldAuthor, Type: TypeNumber},
	{Field: FieldEdited, Type: TypeTime, Aliases: []string{"editedOn"}},
	{Field: FieldEditor, Type: TypeNumber},
	{Field: FieldPinned, Type: TypeFlag},
	{Field: FieldCustomer, Type: TypeNumber, Aliases: []string{"customer.id"}},
	{Field: FieldNote, Type: TypeProse, Aliases: []string{"content"}},
}

// SubscriptionRecordFields is the vocabulary for subscriptions as programs list
// them whole: what they are linked with by its ID.
var SubscriptionRecordFields = Vocabulary{
	{Field: FieldID, Type: TypeNumber},
	{Field: FieldVersion, Type: TypeNumber},
	{Field: FieldCreated, Type: TypeTime},
	{Field: FieldUpdated, Type: TypeTime},
	{Field: FieldStatus, Type: TypeEnum, Choices: stateNames()},
	{Field: FieldEnding, Type: TypeFlag}, // with the period
	{Field: FieldCustomer, Type: TypeNumber},
	{Field: FieldReference, Type: TypeExact}, // the customer's, as the next two
	{Field: FieldEmail, Type: TypeText},
	{Field: FieldLanguage, Type: TypeLanguage},
	{Field: FieldCard, Type: TypeNumber},
	{Field: FieldPlan, Type: TypeNumber},
	{Field: FieldCurrency, Type: TypeCurrency},
	{Field: FieldDescription, Type: TypeText},
	{Field: FieldStarted, Type: TypeTime},
	{Field: FieldNext, Type: TypeTime},
	{Field: FieldEnded, Type: TypeTime},
}

// PlanFields is the vocabulary for plans.
var PlanFields = Vocabulary{
	{Field: FieldID, Type: TypeNumber},
	{Field: FieldLookupID, Type: TypeExact},
	{Field: FieldVersion, Type: TypeNumber},
	{Field: FieldCreated, Type: TypeTime},
	{Field: FieldName, Type: TypeText},
	{Field: FieldStatus, Type: TypeEnum, Choices: []string{PlanOpen, PlanArchivedStatus}},
	{Field: FieldCurrency, Type: TypeCurrency},
	{Field: FieldFrequency, Type: TypeEnum, Choices: frequencyNames()},
}

// What searches call a plan that takes new subscriptions, and one that does not.
const (
	PlanOpen           = "active"
	PlanArchivedStatus = "archived"
)
