package demo

import "strings"

var (
	germanWomen = list(`Anna Lena Marie Sophie Laura Julia Katharina Hannah Lea Johanna Greta Frieda Clara Charlotte
		Sabine Petra Monika Ursula Renate Heike Birgit Nadine Stefanie Melanie Nicole Claudia Susanne Jana Miriam Theresa
		Franziska Elif Ayşe Olga Irina Magdalena Paula Ida Mathilda Luise`)
	germanMen = list(`Lukas Leon Paul Jonas Felix Maximilian Moritz Elias Ben Anton Emil Jakob Johannes Matthias Andreas
		Thomas Michael Stefan Jürgen Wolfgang Klaus Uwe Bernd Frank Markus Sven Torsten Florian Sebastian Tobias Jan
		Niklas Philipp David Mehmet Emre Viktor Karl Friedrich Oskar`)
	germanFamilies = list(`Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Bauer Richter
		Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause Meier
		Lehmann Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Vogel
		Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Böhm
		Winter Kraus Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas Schreiber Graf
		Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Yılmaz Kaya Nowak von_Arnim`)
	germanStreets = list(`Hauptstraße Schulstraße Gartenstraße Bahnhofstraße Dorfstraße Bergstraße Birkenweg Lindenstraße
		Kirchstraße Waldstraße Ringstraße Schillerstraße Goethestraße Jahnstraße Wiesenweg Amselweg Mozartstraße
		Rosenweg Am_Markt Friedrichstraße Mühlenweg Beethovenstraße Blumenstraße Feldstraße Uhlandstraße`)
	germanTrades = list(`Bäckerei Tischlerei Autohaus Buchhandlung Metzgerei Café Hotel Gärtnerei Apotheke Weinhandlung
		Malerbetrieb Elektro Druckerei Praxis Reisebüro Optik Gasthof Spedition`)
)

var germany = country{
	code: "DE", name: "Deutschland", languages: []string{"de-DE", "de"}, currency: "EUR",
	women: germanWomen, men: germanMen, family: germanFamilies,
	streets: germanStreets, street: "{street} {number}",
	cities: []city{
		{"Berlin", "Berlin", "10N##", "030 N######"},
		{"Hamburg", "Hamburg", "202##", "040 N######"},
		{"München", "Bayern", "803##", "089 N######"},
		{"Köln", "Nordrhein-Westfalen", "507##", "0221 N######"},
		{"Frankfurt am Main", "Hessen", "604##", "069 N#######"},
		{"Stuttgart", "Baden-Württemberg", "701##", "0711 N######"},
		{"Leipzig", "Sachsen", "041##", "0341 N######"},
		{"Düsseldorf", "Nordrhein-Westfalen", "402##", "0211 N######"},
		{"Nürnberg", "Bayern", "904##", "0911 N######"},
		{"Dresden", "Sachsen", "010##", "0351 N######"},
		{"Hannover", "Niedersachsen", "301##", "0511 N######"},
		{"Freiburg im Breisgau", "Baden-Württemberg", "791##", "0761 N#####"},
		{"Görlitz", "Sachsen", "0282#", "03581 N#####"},
	},
	dial: "49", trunk: "0", mobile: []string{"0151 N#######", "0160 N######", "0171 N######", "0176 N#######"},
	trades: germanTrades, company: []string{"{trade} {family}", "{trade} {family} GmbH", "{family} & Söhne GmbH", "{trade} am Markt e. K.", "{family} {family} OHG"},
	companyNo: "HRB #####",
}

var austria = country{
	code: "AT", name: "Österreich", languages: []string{"de-AT", "de"}, currency: "EUR",
	women: germanWomen, men: germanMen,
	family: list(`Gruber Huber Bauer Wagner Müller Pichler Steiner Moser Mayer Hofer Leitner Berger Fuchs Eder Fischer
		Schmid Winkler Weber Schwarz Maier Schneider Reiter Mayr Schmidt Wimmer Egger Brunner Lang Baumgartner Auer
		Binder Lechner Wolf Wallner Aigner Ebner Koller Lehner Haas Schuster Novak Horvath Jovanović Kovačević`),
	streets: list(`Hauptstraße Bahnhofstraße Kirchengasse Schulgasse Wiener_Straße Lindengasse Mariahilfer_Straße
		Feldgasse Gartengasse Mozartgasse Dorfstraße Landstraße Neubaugasse Berggasse Josefstädter_Straße`),
	street: "{street} {number}",
	cities: []city{
		{"Wien", "Wien", "10N0", "01 N######"},
		{"Graz", "Steiermark", "80#0", "0316 N#####"},
		{"Linz", "Oberösterreich", "40#0", "0732 N#####"},
		{"Salzburg", "Salzburg", "50#0", "0662 N#####"},
		{"Innsbruck", "Tirol", "60#0", "0512 N#####"},
		{"Klagenfurt am Wörthersee", "Kärnten", "90#0", "0463 N#####"},
		{"St. Pölten", "Niederösterreich", "31#0", "02742 N#####"},
	},
	dial: "43", trunk: "0", mobile: []string{"0664 N######", "0660 N######", "0676 N######", "0699 1#######"},
	trades: germanTrades, company: []string{"{trade} {family}", "{trade} {family} GmbH", "{family} KG", "Gasthof {family}"},
	companyNo: "######d",
}

var switzerland = country{
	code: "CH", name: "Schweiz", languages: []string{"de-CH", "de"}, currency: "CHF",
	women: germanWomen, men: germanMen,
	family: list(`Müller Meier Schmid Keller Weber Huber Schneider Meyer Steiner Fischer Gerber Brunner Baumann Frei
		Zimmermann Moser Widmer Wyss Graf Roth Baumgartner Suter Bachmann Kunz Bucher Egli Lüthi Hofer Bühler Favre
		Rochat Bianchi Bernasconi Zürcher Ammann Aebischer Hürlimann Stämpfli Zbinden Känel`),
	streets: list(`Bahnhofstrasse Dorfstrasse Hauptstrasse Seestrasse Kirchgasse Bergstrasse Langstrasse Marktgasse
		Spitalgasse Rosenweg Oberdorfstrasse Zürichstrasse Weinbergstrasse Mühlegasse`),
	street: "{street} {number}",
	cities: []city{
		{"Zürich", "ZH", "80##", "044 N## ## ##"},
		{"Basel", "BS", "405#", "061 N## ## ##"},
		{"Bern", "BE", "301#", "031 N## ## ##"},
		{"Winterthur", "ZH", "840#", "052 N## ## ##"},
		{"Luzern", "LU", "600#", "041 N## ## ##"},
		{"St. Gallen", "SG", "900#", "071 N## ## ##"},
		{"Thun", "BE", "360#", "033 N## ## ##"},
	},
	dial: "41", trunk: "0", mobile: []string{"076 N## ## ##", "078 N## ## ##", "079 N## ## ##"},
	trades: germanTrades, company: []string{"{trade} {family} AG", "{family} Treuhand AG", "{trade} {family} GmbH", "{family} & Partner AG"},
	companyNo: "CHE-###.###.###",
}

var bosnia = country{
	code: "BA", name: "Bosna i Hercegovina", languages: []string{"bs-BA", "hr-BA", "sr-BA"}, currency: "BAM",
	women: list(`Amara Amina Lejla Emina Selma Ajla Merjem Lamija Hana Sara Ivana Marija Ana Jelena Milica Tamara
		Dragana Azra Fatima Aida Belma Samra Nejra Džana Naida Una Sanja Mirela Alma Edina Senada Vesna Gordana Nikolina`),
	men: list(`Adnan Amar Emir Haris Tarik Kenan Mirza Edin Armin Benjamin Vedad Damir Marko Ivan Ante Josip Nikola Stefan
		Miloš Luka Zoran Dragan Goran Nermin Senad Jasmin Elvir Faruk Admir Dino Mustafa Ismet Željko Davor`),
	family: list(`Begić Hadžić Kovačević Delić Jurić Marić Lukić Softić Kurtić Zukić Ćosić Bašić Hodžić Petrović Jovanović
		Tomić Pavlović Babić Čengić Mujić Halilović Suljić Omerović Ibrahimović Imamović Mehmedović Salihović Ramić Smajić
		Kovač Perić Knežević Šarić Vuković Đurić Spahić Alić Džeko Muratović Hasanović Bajramović Karić Selimović Barić`),
	streets: list(`Titova Ferhadija Zmaja_od_Bosne Branilaca_Sarajeva Alipašina Logavina Mula_Mustafe_Bašeskije
		Kralja_Tvrtka Kneza_Domagoja Vidovdanska Stjepana_Radića Krupska Maglajska Turalibegova Patriotske_lige`),
	street: "{street} {number}",
	cities: []city{
		{"Sarajevo", "", "71000", "033 2##-###"},
		{"Banja Luka", "Republika Srpska", "78000", "051 N##-###"},
		{"Tuzla", "", "75000", "035 N##-###"},
		{"Zenica", "", "72000", "032 4##-###"},
		{"Mostar", "", "88000", "036 N##-###"},
		{"Bihać", "", "77000", "037 N##-###"},
		{"Travnik", "", "72270", "030 N##-###"},
	},
	dial: "387", trunk: "0", mobile: []string{"061 N##-###", "062 N##-###", "063 N##-###", "065 N##-###"},
	trades:    list(`Pekara Kafana Apoteka Stolarija Knjižara Hotel Auto-servis Cvjećara Mesnica Optika`),
	company:   []string{"{trade} {family}", "{family} d.o.o.", "{trade} {city} d.o.o.", "{family}-Trade d.o.o."},
	companyNo: "42###########",
}

var poland = country{
	code: "PL", name: "Polska", languages: []string{"pl-PL", "pl"}, currency: "PLN",
	women: list(`Anna Katarzyna Małgorzata Agnieszka Barbara Ewa Krystyna Magdalena Elżbieta Joanna Aleksandra Zofia
		Monika Teresa Danuta Natalia Julia Karolina Marta Beata Dorota Zuzanna Hanna Maja Wiktoria Oliwia`),
	men: list(`Piotr Krzysztof Andrzej Tomasz Paweł Jan Michał Marcin Stanisław Jakub Adam Marek Łukasz Grzegorz Mateusz
		Wojciech Mariusz Dariusz Maciej Rafał Kamil Szymon Bartosz Zbigniew Jerzy Sławomir`),
	family: list(`Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski
		Kozłowski Jankowski Mazur Kwiatkowski Krawczyk Piotrowski Grabowski Nowakowski Pawłowski Michalski Król Wieczorek
		Jabłoński Wróbel Majewski Olszewski Stępień Malinowski Jaworski Dudek Adamczyk Górski Sikora Witkowski Rutkowski`),
	familyOf: func(family string) string {
		if stem, ok := strings.CutSuffix(family, "ki"); ok {
			return stem + "ka"
		}
		return family
	},
	streets: list(`ul._Polna ul._Leśna ul._Słoneczna ul._Krótka ul._Szkolna ul._Ogrodowa ul._Lipowa ul._Łąkowa
		ul._Brzozowa ul._Kwiatowa ul._Kościelna ul._Mickiewicza ul._Kościuszki al._Jana_Pawła_II ul._Piłsudskiego`),
	street: "{street} {number}",
	cities: []city{
		{"Warszawa", "mazowieckie", "02-###", "22 N## ## ##"},
		{"Kraków", "małopolskie", "31-###", "12 N## ## ##"},
		{"Łódź", "łódzkie", "90-###", "42 N## ## ##"},
		{"Wrocław", "dolnośląskie", "50-###", "71 N## ## ##"},
		{"Poznań", "wielkopolskie", "60-###", "61 N## ## ##"},
		{"Gdańsk", "pomorskie", "80-###", "58 N## ## ##"},
	},
	dial: "48", mobile: []string{"501 ### ###", "512 ### ###", "601 ### ###", "693 ### ###", "788 ### ###"},
	trades:    list(`Piekarnia Księgarnia Apteka Hotel Restauracja Kwiaciarnia Drukarnia Optyk Stolarnia`),
	company:   []string{"{trade} {family}", "{trade} {family} sp. z o.o.", "{family} i Synowie s.c."},
	companyNo: "##########",
}

var czechia = country{
	code: "CZ", name: "Česko", languages: []string{"cs-CZ", "cs"}, currency: "CZK",
	women: list(`Jana Marie Eva Hana Anna Lenka Kateřina Lucie Věra Alena Petra Veronika Jaroslava Tereza Martina Michaela
		Zuzana Eliška Adéla Natálie Barbora Kristýna`),
	men: list(`Jiří Jan Petr Josef Pavel Martin Tomáš Jaroslav Miroslav Zdeněk Václav Michal František Jakub Milan Karel
		Lukáš David Vojtěch Ondřej Matěj Filip`),
	family: list(`Novák Svoboda Novotný Dvořák Černý Procházka Kučera Veselý Horák Němec Marek Pospíšil Pokorný Hájek
		Král Jelínek Růžička Beneš Fiala Sedláček Doležal Zeman Kolář Navrátil Čermák Urban Blažek Kříž Kovář`),
	familyOf: func(family string) string {
		switch stem := strings.TrimRight(family, "ýa"); {
		case strings.HasSuffix(family, "ý"):
			return stem + "á"
		case strings.HasSuffix(family, "ek"), strings.HasSuffix(family, "ec"):
			return family[:len(family)-2] + family[len(family)-1:] + "ová"
		default:
			return stem + "ová"
		}
	},
	streets: list(`Hlavní Nádražní Školní Zahradní Husova Palackého Komenského Masarykova Jiráskova Krátká Lipová
		Dlouhá Polní Sokolská Na_Příkopě`),
	street: "{street} {number}",
	cities: []city{
		{"Praha", "", "1#0 00", "2N# ### ###"},
		{"Brno", "", "602 00", "54# ### ###"},
		{"Ostrava", "", "702 00", "59# ### ###"},
		{"Plzeň", "", "301 00", "37# ### ###"},
		{"Olomouc", "", "779 00", "58# ### ###"},
		{"České Budějovice", "", "370 01", "38# ### ###"},
	},
	dial: "420", mobile: []string{"602 ### ###", "603 ### ###", "720 ### ###", "773 ### ###"},
	trades:    list(`Pekařství Knihkupectví Hotel Restaurace Lékárna Květinářství Tiskárna Truhlářství`),
	company:   []string{"{trade} {family}", "{family} s.r.o.", "{trade} {city} s.r.o."},
	companyNo: "########",
}
