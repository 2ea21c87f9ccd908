package wallee

import (
	"strings"
)

// A tree holds the names that can be expanded of a kind of object, and what can
// be within them.
type tree map[string]tree

var (
	customerTree = tree{"metaData": nil}
	addressTree  = tree{"customer": customerTree, "address": {"legalOrganizationForm": nil}}
	commentTree  = tree{"customer": customerTree}

	tokenTree  = tree{}
	methodTree = tree{"supportedCurrencies": nil, "dataCollectionTypes": nil}
	brandTree  = tree{"paymentMethod": nil}
	postalTree = tree{"legalOrganizationForm": nil}

	methodConfigurationTree = tree{"paymentMethod": methodTree}
	tokenVersionTree        = tree{
		"token": tokenTree, "paymentMethod": methodTree, "paymentMethodBrand": brandTree,
		"paymentConnectorConfiguration": nil, "paymentInformationHashes": nil, "labels": nil,
		"billingAddress": postalTree, "shippingAddress": postalTree,
	}

	productTree        = tree{"allowedPaymentMethodConfigurations": nil}
	productVersionTree = tree{"product": productTree, "enabledCurrencies": nil}
	subscriberTree     = tree{
		"metaData": nil, "billingAddress": postalTree, "shippingAddress": postalTree,
		"additionalAllowedPaymentMethodConfigurations": nil, "disallowedPaymentMethodConfigurations": nil,
	}
	subscriptionTree = tree{
		"subscriber": subscriberTree, "token": tokenTree, "affiliate": nil, "currentProductVersion": productVersionTree,
	}
	suspensionTree = tree{"subscription": subscriptionTree}
)

// maxExpand is how deep names may be nested.
const maxExpand = 4

// An expansion holds what a call asks to see whole, by name.
type expansion map[string]expansion

// has reports whether the name is to be expanded.
func (e expansion) has(name string) bool {
	_, ok := e[name]
	return ok
}

// readExpand reads the values of the parameter, each one name or several with
// commas between them. A nested name implies those it stands in. It returns
// what is wrong in words, if anything.
func readExpand(values []string, of tree) (expansion, string) {
	out := expansion{}
	for _, value := range values {
		for name := range strings.SplitSeq(value, ",") {
			name = strings.TrimSpace(name)
			if name == "" {
				continue
			}
			parts := strings.Split(name, ".")
			if len(parts) > maxExpand {
				return nil, "must not be nested more than 4 levels deep"
			}
			into, known := out, of
			for _, part := range parts {
				within, ok := known[part]
				if !ok {
					return nil, "names something that cannot be expanded"
				}
				if into[part] == nil {
					into[part] = expansion{}
				}
				into, known = into[part], within
			}
		}
	}
	return out, ""
}
