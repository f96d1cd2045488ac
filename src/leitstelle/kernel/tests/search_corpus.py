"""About 200 short German (and some English) texts as they come to a support desk, and 60 queries."""

from itertools import product

_DEVICES = (
    "Netzwerkdrucker", "Multifunktionsgerät", "Dockingstation", "Notebook von Frau Müller", "VPN-Client",
    "Arbeitsplatzrechner", "Postfach", "Netzlaufwerk", "Telefonanlage", "Bildschirm",
)  # fmt: skip
_TROUBLES = (
    "geht seit dem Update nicht mehr",
    "meldet den Fehler 0x80070005",
    "ist sehr langsam, besonders nachmittags",
    "wird nicht gefunden (Fehlermeldung: Zugriffsrechte fehlen)",
    "verliert ständig die Verbindung, Verbindungsabbrüche alle 10 Minuten",
    "soll in den zweiten Stock zu Herrn Groß umziehen",
    "braucht einen neuen Treiber in Version 16.0.5439",
    "war nach dem Stromausfall am Server srv-ex01.firma.local nicht erreichbar",
    "reagiert nicht. Für die Buchhaltung ist das ein Problem!",
    "hat eine neue Adresse: 10.20.30.40, MAC 00:1B:44:11:3A:B7",
    "zeigt ein abgelaufenes Zertifikat",
    "druckt nur leere Seiten",
    "funktioniert wieder, danke für die schnelle Hilfe",
    "bitte Passwort zurücksetzen und Benutzerkonto entsperren",
    "does not start, please help",
    "Rückruf unter 030/123456 oder per E-Mail an j.mueller@firma.de",
)
_SINGLE = (
    "Die Straße vor dem Büro ist gesperrt, der Techniker kommt später.",
    "STRASSENSPERRUNG: Anfahrt über den Hof",
    "Grüße aus Köln, Jörg Weiß",
    "Viele Gruesse, Joerg Weiss",
    "Bitte die Passwortrichtlinie für Gäste prüfen",
    "Der Datenbankserver db01 antwortet auf fe80::1 nicht",
    "Neue Tastaturen und Mäuse bestellen",
    "Die Maus ist defekt",
    "Rechnungen werden doppelt gedruckt",
    "Rechnung 2026-0815 fehlt im Ablagesystem",
    "WLAN-Router im Besprechungsraum startet neu",
    "WLAN im Lager zu schwach",
    "Printers on the second floor are offline",
    "The printer prints blank pages",
    "C:\\Users\\max\\Desktop\\Bericht.xlsx lässt sich nicht öffnen",
    "Siehe https://intranet.firma.local/wiki/VPN?x=1",
    "Ticket #10427 gehört zu #10428",
    "Umzug: 12 Arbeitsplätze, 3 Drucker, 1 Beamer",
    "Zertifikatsfehler in Outlook, Autodiscover schlägt fehl",
    "Urlaubsvertretung: Rufumleitung auf die Zentrale",
    "Feuer im Serverraum? Nein, nur ein Fehlalarm.",
    "Für den neuen Kollegen fehlt noch alles",
    "Адрес сервера изменился",
    "空のメール",
    "\"; DROP TABLE search_row; -- ' OR 1=1",
    "NEAR AND OR NOT * ^ : ( ) { } title:x",
    "",
    "a",
    "E-Mails kommen verspätet an",
    "Die Email an den Verteiler kam zurück",
    "Speicherplatz auf Laufwerk H: voll (98 %)",
    "001b.4411.3ab7 ist im Switch gesperrt",
    "Kunde wünscht Rückmeldung zum Kundenportal",
    "Das Kennwort läuft morgen ab",
    "Kennwörter bitte nie per Mail",
    "Häuser 3 und 4 ohne Internet",
    "Fernwartung abgelehnt",
    "Fernwartungssitzung wurde getrennt",
    "Netz­werk mit weichem Trennstrich",
    "İstanbul Büro",
)  # fmt: skip

TEXTS = [
    *(
        (f"{device} {trouble.split()[0]}", f"Guten Tag, {device} {trouble}.")
        for device, trouble in product(_DEVICES, _TROUBLES)
    ),
    *((text[:30], text) for text in _SINGLE),
]

QUERIES = (
    "drucker", "Drucker", "DRUCKERN", "netzwerk drucker", "Netzwerkdrucker", "druckernetzwerk", "müller", "mueller",
    "muller", "strasse", "Straße", "gross", "groß", "weiss", "köln", "koeln", "koln", "gruesse", "fehler",
    "0x80070005", "srv-ex01", "srv-ex01.firma.local", "SRV-EX01.FIRMA.LOCAL", "firma.local", "00:1b:44:11:3a:b7",
    "00-1B-44-11-3A-B7", "001b44113ab7", "10.20.30.40", "10.20.30", "16.0.5439", "#10427", "10427",
    "j.mueller@firma.de", "j.müller@firma.de", "firma.de", "passwort", "Passwörter", "passwort richtlinie",
    "verbindungsabbruch", "verbindung", "zugriff", "rechte", '"seit dem Update"', '"dem seit Update"',
    "drucker -update", "-drucker", "notebook -\"frau müller\"", "e-mail", "email", "maus", "mäuse", "printer",
    "wlan router", "fern", "fernwart", "kenn", "zertif", "rechn", "für den neuen", "feuer", "fe80::1",
    "C:\\Users\\max", "https://intranet.firma.local/wiki", "030/123456", "title:x", "*", "\"", "' OR 1=1", "NEAR(a b)",
    "сервера", "die der das", "der", "", "   ", "-", "a", "2026-0815", "12", "istanbul", "rückruf 030",
)  # fmt: skip
