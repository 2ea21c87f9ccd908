package views

import (
	"cmp"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"kontor/db/core"
)

// labels are the names of fields as people read them. Addresses and customers
// share those they both have.
var labels = map[string]string{
	"reference":           "Reference",
	"custom_id":           "Custom ID",
	"name":                "Name",
	"first_name":          "First name",
	"last_name":           "Last name",
	"company":             "Company",
	"organisation_number": "Organisation number",
	"email":               "E-mail",
	"bcc":                 "Copies of receipts to",
	"phone":               "Phone",
	"language":            "Language",
	"currency":            "Currency",
	"date_of_birth":       "Date of birth",
	"ip":                  "IP address",
	"description":         "Description",
	"custom_data":         "Custom data",
	"metadata":            "Metadata",
	"addresses":           "Addresses",
	"duplicate":           "Other customer",
	"merged":              "Merged",
	"merged_into":         "Is part of",

	"type":             "Type",
	"default":          "Default",
	"salutation":       "Salutation",
	"given_name":       "Given name",
	"family_name":      "Family name",
	"organisation":     "Organisation",
	"street":           "Street",
	"street2":          "Street, second line",
	"postcode":         "Postcode",
	"city":             "City",
	"locality":         "Part of the city",
	"state":            "State or region",
	"sorting_code":     "Sorting code",
	"country":          "Country",
	"country_text":     "Country as given",
	"mobile":           "Mobile",
	"gender":           "Gender",
	"register_number":  "Register number",
	"sales_tax_number": "Sales tax number",
	"legal_form":       "Legal form",
	"social_security":  "Social security number",

	"apis":          "APIs",
	"id":            "ID",
	"key":           "Key",
	"password":      "Password",
	"confirm":       "Confirmation",
	"present":       "Present password",
	"theme":         "Theme",
	"rows":          "Rows a page",
	"views":         "Saved views",
	"team":          "Shared with the team",
	"text":          "Note",
	"pinned":        "Pinned",
	"staff_only":    "Staff only",
	"reason":        "Reason",
	"query":         "Query",
	"count":         "Count",
	"format":        "Format",
	"file":          "File",
	"act":           "Act",
	"undoes":        "Takes back",
	"added":         "Added",
	"changed":       "Changed",
	"unchanged":     "Unchanged",
	"refused":       "Refused",
	"value":         "Value",
	"ids":           "Customers",
	"list":          "List",
	"metadata_json": "Typed metadata",
	"zone":          "Time zone",

	"number":         "Card number",
	"expiry":         "Expiry date",
	"code":           "Security code",
	"holder":         "Name on card",
	"active":         "In use",
	"next_card":      "Next default card",
	"scheme":         "Payment method",
	"address":        "Account or address",
	"mandate":        "Mandate reference",
	"mandate_signed": "Mandate signed on",
	"consent":        "Consent",

	"charge_hour":  "Charge hour",
	"retry_days":   "Retry days",
	"refund_limit": "Refund limit of members",
	"retention":    "Days to restore",
	"keep_months":  "Months to keep cards",
	"role":         "Role",
	"sessions":     "Sessions",

	"plan":          "Plan",
	"card":          "Card",
	"amount":        "Amount",
	"frequency":     "How often",
	"payments":      "Number of payments",
	"send_receipt":  "Receipts",
	"start":         "Start",
	"until":         "Until",
	"when":          "When",
	"next":          "Next charge",
	"status":        "State",
	"cancel_at_end": "Ends with the period",
	"pause_rule":    "After a pause",
	"spent_rule":    "After the last decline",
	"note":          "Note",
	"how":           "What became of it",
	"moved":         "What you found",
	"subscriptions": "Subscriptions changed",
}

// label is the name of a field of a form: "billing.city" is "Billing city".
func label(field string) string {
	if text, ok := labels[field]; ok {
		return text
	}
	if key, ok := strings.CutPrefix(field, "metadata."); ok {
		return "Metadata " + key
	}
	if rest, ok := strings.CutPrefix(field, "address."); ok {
		_, name, found := strings.Cut(rest, ".")
		if !found {
			return "Address"
		}
		return "Address: " + lower(label(name))
	}
	if role, name, ok := strings.Cut(field, "."); ok && (role == "billing" || role == "shipping") {
		return addressTypes[core.AddressType(role)] + " " + lower(label(name))
	}
	return strings.ReplaceAll(field, "_", " ")
}

// labelFor is the name of a field of a customer: an address that is the billing
// or the shipping one is called so.
func labelFor(c core.Customer, field string) string {
	rest, ok := strings.CutPrefix(field, "address.")
	if !ok {
		return label(field)
	}
	id, name, _ := strings.Cut(rest, ".")
	if a, ok := c.Billing(); ok && itoa(a.ID) == id {
		return label("billing." + name)
	}
	if a, ok := c.Shipping(); ok && itoa(a.ID) == id {
		return label("shipping." + name)
	}
	return label(field)
}

// lower begins a label in the middle of a sentence.
func lower(text string) string {
	if strings.HasPrefix(text, "IP") || text == "" {
		return text
	}
	return strings.ToLower(text[:1]) + text[1:]
}

// shown is a field's value as people read it: countries by name, metadata
// without its quotes, long text cut short.
func shown(field, value string) string {
	switch name := field[strings.LastIndexByte(field, '.')+1:]; {
	case strings.HasPrefix(field, "metadata."):
		value = core.Meta{Value: value}.Text()
	case name == "country":
		value = cmp.Or(core.CountryName(value), value)
	case name == "type" && addressTypes[core.AddressType(value)] != "":
		value = addressTypes[core.AddressType(value)]
	case name == "default" && value == "true", name == "pinned" && value == "true", name == "staff_only" && value == "true":
		value = "yes"
	case name == "pinned" && value == "false":
		value = "no"
	case name == "gender" && genders[value] != "":
		value = genders[value]
	default:
		value = shownOfSubscription(name, value)
	}
	return short(value, 120)
}

// short cuts text to at most n characters.
func short(text string, n int) string {
	for i := range text {
		if n--; n < 0 {
			return strings.TrimRight(text[:i], " ") + "…"
		}
	}
	return text
}

var addressTypes = map[core.AddressType]string{
	core.Billing:  "Billing",
	core.Shipping: "Shipping",
	core.Both:     "Billing and shipping",
}

var genders = map[string]string{"MALE": "Male", "FEMALE": "Female"}

var roles = map[core.Role]string{
	core.Admin:   "Staff admin",
	core.Agent:   "Staff agent",
	core.Auditor: "Staff auditor",
	core.Owner:   "Owner",
	core.Member:  "Member",
	core.Viewer:  "Viewer",
}

// sources say how a customer came; nothing is said of one added by hand.
var sources = map[core.Source]string{
	core.FromImport:   "through import",
	core.FromDemo:     "demo data",
	core.FromWallee:   "through wallee’s API",
	core.FromMonri:    "through Monri’s API",
	core.FromPayfirma: "through Payfirma’s API",
	core.FromAcquired: "through Acquired.com’s API",
	core.FromCDC:      "through CDC’s API",
}

// languages are suggested on forms; any other BCP 47 code may be typed.
var languages = suggestions(
	"ar", "bg", "bs", "cs", "da", "de", "de-AT", "de-CH", "el", "en", "en-GB", "en-US", "es", "et", "fi", "fr", "fr-CH",
	"ga", "he", "hi", "hr", "hu", "id", "is", "it", "ja", "ko", "lt", "lv", "mk", "ms", "nb", "nl", "nn", "pl", "pt",
	"pt-BR", "ro", "sk", "sl", "sq", "sr", "sv", "th", "tr", "uk", "vi", "zh-Hans", "zh-Hant",
)

func suggestions(codes ...string) []Pair {
	name := display.English.Tags()
	all := make([]Pair, len(codes))
	for i, code := range codes {
		all[i] = Pair{code, name.Name(language.MustParse(code))}
	}
	return all
}

// languageName is "British English (en-GB)", or the code alone where it is not
// known.
func languageName(code string) string {
	tag, err := language.Parse(code)
	if err != nil {
		return code
	}
	if name := display.English.Tags().Name(tag); name != "" && name != code {
		return name + " (" + code + ")"
	}
	return code
}
