package wallee

import (
	"net/http"
	"slices"

	"kontor/db/core"
	"kontor/web"
)

// A method is a way to pay, of which there are few and always the same. Those
// beside cards are what customers have channels for.
type method struct {
	id          int64
	name        string
	description string
	collection  string // where its data are given
}

var methods = []method{
	{1, "Credit / Debit Card", "Cards of all brands.", "ONSITE"},
	{2, "Direct Debit", "Debits to an account, with a mandate.", "ONSITE"},
	{3, "Electronic Invoice", "Invoices that a bank presents.", "OFFSITE"},
	{4, "Wallet", "Wallets on the phone.", "OFFSITE"},
}

// A cardBrand is a brand of cards, with its place among them as its ID.
type cardBrand struct {
	id    int64
	brand core.Brand
}

var cardBrands = func() []cardBrand {
	var all []cardBrand
	for i, b := range core.Brands {
		if b != core.UnknownBrand {
			all = append(all, cardBrand{int64(i + 1), b})
		}
	}
	return all
}()

func brandOf(b core.Brand) (cardBrand, bool) {
	i := slices.IndexFunc(cardBrands, func(c cardBrand) bool { return c.brand == b })
	if i < 0 {
		return cardBrand{}, false
	}
	return cardBrands[i], true
}

func writeMethod(o *object, m method) {
	o.number("id", m.id)
	o.byLanguage("name", m.name)
	o.byLanguage("description", m.description)
	o.byLanguage("merchantDescription", m.description)
	o.texts("supportedCurrencies")
	o.texts("dataCollectionTypes", m.collection)
	o.null("imagePath")
}

func writeBrand(o *object, b cardBrand) {
	o.number("id", b.id)
	o.byLanguage("name", b.brand.Name())
	o.byLanguage("description", b.brand.Name())
	o.number("paymentMethod", methods[0].id)
	o.null("imagePath")
	o.null("grayImagePath")
}

// writeConfiguration writes how a merchant offers a method: as everybody does.
func writeConfiguration(o *object, merchant int64, m method, e expansion) {
	o.number("id", m.id)
	o.number("linkedSpaceId", merchant)
	o.number("spaceId", merchant)
	o.number("version", 1)
	o.text("state", "ACTIVE")
	o.text("name", m.name)
	o.byLanguage("title", m.name)
	o.byLanguage("description", m.description)
	o.byLanguage("resolvedTitle", m.name)
	o.byLanguage("resolvedDescription", m.description)
	if e.has("paymentMethod") {
		o.object("paymentMethod", func(o *object) { writeMethod(o, m) })
	} else {
		o.link("paymentMethod", m.id)
	}
	o.text("dataCollectionType", m.collection)
	o.text("oneClickPaymentMode", "ALLOW")
	o.number("sortOrder", m.id)
	o.null("imageResourcePath")
	o.null("resolvedImageUrl")
	o.null("plannedPurgeDate")
}

// The names that searches of the catalogues know.
var (
	methodFields = core.Vocabulary{
		{Field: core.FieldID, Type: core.TypeNumber},
		{Field: core.FieldName, Type: core.TypeText},
		{Field: core.FieldDescription, Type: core.TypeText, Aliases: []string{"merchantDescription"}},
		{Field: core.FieldMethodType, Type: core.TypeEnum, Aliases: []string{"dataCollectionTypes"}, Choices: []string{"onsite", "offsite"}},
	}
	brandFields = core.Vocabulary{
		{Field: core.FieldID, Type: core.TypeNumber},
		{Field: core.FieldName, Type: core.TypeText},
		{Field: core.FieldDescription, Type: core.TypeText},
		{Field: core.FieldMethodType, Type: core.TypeNumber, Aliases: []string{"paymentMethod", "paymentMethod.id"}},
	}
	configurationFields = core.Vocabulary{
		{Field: core.FieldID, Type: core.TypeNumber, Aliases: []string{"paymentMethod", "paymentMethod.id", "sortOrder"}},
		{Field: core.FieldVersion, Type: core.TypeNumber},
		{Field: core.FieldName, Type: core.TypeText, Aliases: []string{"title", "resolvedTitle"}},
		{Field: core.FieldDescription, Type: core.TypeText, Aliases: []string{"resolvedDescription"}},
		{Field: core.FieldStatus, Type: core.TypeEnum, Aliases: []string{"state"}, Choices: []string{"create", "active", "inactive", "deleting", "deleted"}},
		{Field: core.FieldMethodType, Type: core.TypeEnum, Aliases: []string{"dataCollectionType"}, Choices: []string{"onsite", "offsite"}},
	}
)

func methodText(m method) core.Text {
	return func(f core.Field, _ string) string {
		switch f {
		case core.FieldID:
			return itoa(m.id)
		case core.FieldVersion:
			return "1"
		case core.FieldName:
			return m.name
		case core.FieldDescription:
			return m.description
		case core.FieldStatus:
			return "active"
		case core.FieldMethodType:
			return m.collection
		}
		return ""
	}
}

func brandText(b cardBrand) core.Text {
	return func(f core.Field, _ string) string {
		switch f {
		case core.FieldID:
			return itoa(b.id)
		case core.FieldName, core.FieldDescription:
			return b.brand.Name()
		case core.FieldMethodType:
			return itoa(methods[0].id)
		}
		return ""
	}
}

func methodID(m method) int64   { return m.id }
func brandID(b cardBrand) int64 { return b.id }

// A catalogue is a list that is the same for everybody, with how it is shown.
type catalogue[T any] struct {
	all    []T
	fields core.Vocabulary
	tree   tree
	name   string // of the ID in the path
	id     func(T) int64
	text   func(T) core.Text
	write  func(o *object, space int64, item T, e expansion)
}

var (
	methodCatalogue = catalogue[method]{
		methods, methodFields, methodTree, "method", methodID, methodText,
		func(o *object, _ int64, m method, _ expansion) { writeMethod(o, m) },
	}
	brandCatalogue = catalogue[cardBrand]{
		cardBrands, brandFields, brandTree, "brand", brandID, brandText,
		func(o *object, _ int64, b cardBrand, _ expansion) { writeBrand(o, b) },
	}
	configurationCatalogue = catalogue[method]{
		methods, configurationFields, methodConfigurationTree, "configuration", methodID, methodText, writeConfiguration,
	}
)

// list and search serve the two of a catalogue.
func (c catalogue[T]) list() spaced   { return list(c.tree, c.answer) }
func (c catalogue[T]) search() spaced { return search(c.tree, c.fields, c.answer) }

func (c catalogue[T]) answer(w http.ResponseWriter, _ *http.Request, by core.Actor, l listing) error {
	page, more := pick(c.all, l, c.fields, c.id, c.text)
	return answerList(w, l, page, more, func(o *object, item T) { c.write(o, by.Merchant, item, l.expand) })
}

// read serves one entry of a catalogue.
func (c catalogue[T]) read(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	e, err := readExpansion(r, c.tree)
	if err != nil {
		return err
	}
	id, err := pathID(r, c.name)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(c.all, func(item T) bool { return c.id(item) == id })
	if i < 0 {
		return core.ErrNotFound
	}
	return answer(w, http.StatusOK, func(o *object) { c.write(o, by.Merchant, c.all[i], e) })
}

// spaceless is a call that takes no space: what it answers is the same in all.
func spaceless(do spaced) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error { return do(w, r, core.Actor{}) }
}
