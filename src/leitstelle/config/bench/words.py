"""Words of made-up tickets: enough to search for, kept apart because they are data."""

_THINGS = (
    "Drucker Netzwerkdrucker Notebook Bildschirm Docking VPN Outlook Postfach Kalender Kennwort Anmeldung "
    "Laufwerk Fachanwendung Telefon Headset Scanner Server Datensicherung WLAN Zugriff Berechtigung Update "
    "Lizenz Monitor"
)
_FAULTS = (
    "startet nicht;reagiert sehr langsam;zeigt eine Fehlermeldung;ist nach dem Update verschwunden;"
    "bricht ständig ab;lässt sich nicht öffnen;verlangt immer wieder das Kennwort;druckt nur leere Seiten;"
    "ist nicht erreichbar"
)
_SENTENCES = """
Guten Morgen, seit heute früh geht es nicht mehr.
Ein Neustart hat nichts geändert.
Bitte um schnelle Hilfe.
Die Kolleginnen nebenan haben dasselbe Bild.
Gestern Abend lief noch alles.
Ich bin bis 16 Uhr am Platz.
Wir haben das Gerät geprüft und den Treiber erneuert.
Bitte melden Sie sich einmal ab und wieder an.
Der Verbindungsabbruch tritt nach etwa zehn Minuten auf.
Vielen Dank, es läuft wieder.
"""
THINGS = _THINGS.split()
FAULTS = _FAULTS.split(";")
SENTENCES = _SENTENCES.strip().splitlines()
