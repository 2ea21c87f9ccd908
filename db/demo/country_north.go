package demo

var netherlands = country{
	code: "NL", name: "Nederland", languages: []string{"nl-NL", "nl"}, currency: "EUR",
	women: list(`Emma Sophie Julia Anna Sanne Lotte Fleur Eva Maria Anouk Femke Marieke Ingrid Annelies Willemijn Saskia
		Roos Noor Tess Mila Saar Fatima`),
	men: list(`Daan Sem Lucas Thijs Bram Jan Pieter Hendrik Johan Willem Jeroen Maarten Sander Ruben Lars Joost Koen Bas
		Mohammed Stijn Gijs Teun`),
	family: list(`de_Jong Jansen de_Vries van_den_Berg Bakker van_Dijk Visser Janssen Smit Meijer de_Boer Mulder de_Groot
		Bos Vos Peters Hendriks van_Leeuwen Dekker Brouwer de_Wit Dijkstra Smits de_Graaf van_der_Meer Kok Jacobs
		van_der_Linden Vermeulen Schouten Willems Hoekstra van_Beek Koster Prins Huisman`),
	streets: list(`Dorpsstraat Kerkstraat Molenweg Schoolstraat Stationsweg Julianastraat Wilhelminastraat Beatrixlaan
		Nieuwstraat Prinsengracht Keizersgracht Lindelaan Eikenlaan Marktstraat Havenstraat`),
	street: "{street} {number}",
	cities: []city{
		{"Amsterdam", "Noord-Holland", "10N# @@", "020 N## ####"},
		{"Rotterdam", "Zuid-Holland", "30N# @@", "010 N## ####"},
		{"Den Haag", "Zuid-Holland", "25N# @@", "070 N## ####"},
		{"Utrecht", "Utrecht", "35N# @@", "030 N## ####"},
		{"Eindhoven", "Noord-Brabant", "56N# @@", "040 N## ####"},
		{"Groningen", "Groningen", "97N# @@", "050 N## ####"},
	},
	dial: "31", trunk: "0", mobile: []string{"06 1### ####", "06 2### ####", "06 4### ####", "06 5### ####"},
	trades:    list(`Bakkerij Boekhandel Apotheek Café Hotel Drukkerij Bloemisterij Garage Timmerbedrijf`),
	company:   []string{"{trade} {family}", "{trade} {family} B.V.", "{family} & Zonen B.V."},
	companyNo: "########",
}

var sweden = country{
	code: "SE", name: "Sverige", languages: []string{"sv-SE", "sv"}, currency: "SEK",
	women: list(`Anna Eva Maria Karin Sara Kristina Emma Elin Ida Linnéa Astrid Ebba Maja Alva Wilma Ingrid Birgitta
		Åsa Annika Malin Frida Saga`),
	men: list(`Lars Mikael Anders Johan Erik Per Karl Peter Jan Daniel Fredrik Oskar Axel Gustav Björn Göran Håkan Nils
		Viktor Elias Hugo Åke`),
	family: list(`Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson
		Jonsson Jansson Hansson Bengtsson Jönsson Lindberg Jakobsson Magnusson Lindström Olofsson Lindqvist Lindgren
		Berg Axelsson Bergström Lundberg Lind Lundgren Mattsson Berglund Fredriksson Sandberg Henriksson Ek Åkesson`),
	streets: list(`Storgatan Kungsgatan Drottninggatan Skolgatan Kyrkogatan Järnvägsgatan Trädgårdsgatan Parkgatan
		Ringvägen Björkvägen Ängsvägen Sveavägen Hamngatan Skogsvägen`),
	street: "{street} {number}",
	cities: []city{
		{"Stockholm", "", "11# ##", "08-N## ## ##"},
		{"Göteborg", "", "41# ##", "031-N## ## ##"},
		{"Malmö", "", "21# ##", "040-N## ## ##"},
		{"Uppsala", "", "75# ##", "018-N## ## ##"},
		{"Linköping", "", "58# ##", "013-N## ## ##"},
		{"Umeå", "", "90# ##", "090-N## ## ##"},
	},
	dial: "46", trunk: "0", mobile: []string{"070-### ## ##", "072-N## ## ##", "073-N## ## ##", "076-N## ## ##"},
	trades:    list(`Bageri Bokhandel Apotek Hotell Snickeri Blomsterhandel Tryckeri Optik`),
	company:   []string{"{family}s {trade} AB", "{trade} {family}", "{family} & Co AB"},
	companyNo: "556###-####",
}

var norway = country{
	code: "NO", name: "Norge", languages: []string{"nb-NO", "nn-NO"}, currency: "NOK",
	women: list(`Anne Inger Kari Marit Ingrid Liv Eva Nora Emma Sofie Ida Thea Solveig Astrid Silje Hanne Randi Åse
		Bjørg Ragnhild`),
	men: list(`Jan Per Bjørn Ole Lars Kjell Knut Arne Svein Thomas Geir Hans Morten Tor Terje Odd Erik Håkon Øyvind
		Jakob Emil`),
	family: list(`Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen Johnsen Pettersen
		Eriksen Berg Haugen Hagen Johannessen Andreassen Jacobsen Dahl Jørgensen Halvorsen Henriksen Lund Sørensen
		Jakobsen Moen Gundersen Iversen Strand Solberg Svendsen Eide Knutsen Ødegård Bakken`),
	streets: list(`Storgata Kirkeveien Skolegata Strandgata Parkveien Bjørkeveien Kongens_gate Dronningens_gate
		Jernbanegata Fjellveien Havnegata Solveien Karl_Johans_gate`),
	street: "{street} {number}",
	cities: []city{
		{"Oslo", "", "05##", "22 N# ## ##"},
		{"Bergen", "", "50##", "55 N# ## ##"},
		{"Trondheim", "", "70##", "73 N# ## ##"},
		{"Stavanger", "", "40##", "51 N# ## ##"},
		{"Tromsø", "", "90##", "77 N# ## ##"},
	},
	dial: "47", mobile: []string{"41# ## ###", "45# ## ###", "90# ## ###", "95# ## ###"},
	trades:    list(`Bakeri Bokhandel Apotek Hotell Snekkeri Blomster Trykkeri`),
	company:   []string{"{family} {trade} AS", "{trade} {family}", "{city} {trade} AS"},
	companyNo: "### ### ###",
}

var denmark = country{
	code: "DK", name: "Danmark", languages: []string{"da-DK", "da"}, currency: "DKK",
	women: list(`Anne Mette Kirsten Hanne Lene Susanne Maria Camilla Ida Freja Emma Sofie Laura Signe Karen Inger
		Charlotte Louise`),
	men: list(`Peter Jens Lars Michael Henrik Søren Thomas Jan Niels Christian Martin Jørgen Mads Rasmus Mikkel Frederik
		Oliver Aksel`),
	family: list(`Nielsen Jensen Hansen Pedersen Andersen Christensen Larsen Sørensen Rasmussen Jørgensen Petersen Madsen
		Kristensen Olsen Thomsen Christiansen Poulsen Johansen Møller Mortensen Knudsen Holm Lund Schmidt Kjær Bæk
		Østergaard Winther Friis Dahl`),
	streets: list(`Hovedgaden Nørregade Vestergade Østergade Søndergade Skolevej Kirkevej Bakkevej Strandvejen Møllevej
		Engvej Jernbanegade Rosenvej`),
	street: "{street} {number}",
	cities: []city{
		{"København", "", "1#5#", "33 N# ## ##"},
		{"Aarhus", "", "8000", "86 N# ## ##"},
		{"Odense", "", "5000", "66 N# ## ##"},
		{"Aalborg", "", "9000", "98 N# ## ##"},
		{"Esbjerg", "", "6700", "75 N# ## ##"},
	},
	dial: "45", mobile: []string{"21 N# ## ##", "26 N# ## ##", "30 N# ## ##", "40 N# ## ##", "51 N# ## ##", "61 N# ## ##"},
	trades:    list(`Bageri Boghandel Apotek Hotel Snedkeri Blomster Trykkeri`),
	company:   []string{"{family} {trade} ApS", "{trade} {family}", "{family} & Søn A/S"},
	companyNo: "########",
}
