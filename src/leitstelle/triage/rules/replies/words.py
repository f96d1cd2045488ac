"""Words and turns of phrase of people who are content, or who want a ticket closed.

In lower case with ae, oe, ue and ss.

A reply may consist of nothing else: every word that is not here speaks against it.
"""

import re

# Turns of phrase that say "it works". They come before single words, as they may hold a "nicht".
_WORKS = r"""
(es|das|alles|jetzt|nun|nu|wieder|soweit|drucker|vpn|notebook|laptop|wlan|mail|internet|zugang|konto|
    programm)? ?(funktioniert|funktionieren|klappt|laeuft|laufen|geht|tut)( (es|das|alles|jetzt|nun|nu|
    wieder|soweit|bestens|prima|super|gut|einwandfrei|perfekt|problemlos|wie gewuenscht|wie geschmiert|
    bei mir|bei uns|bei allen|auch|hier|wunderbar|tadellos|hervorragend|reibungslos|fehlerfrei|sehr gut|
    richtig))+
(alles|jetzt|nun|wieder|es|das) (jetzt |nun |wieder |alles |soweit |auch |bestens |prima |super |
    einwandfrei |perfekt )*(funktioniert|klappt|laeuft|laufen|geht|tut)( wieder)?
hat (alles |sofort |super |prima |wunderbar |bestens |jetzt |gut |einwandfrei |problemlos |auf anhieb |
    direkt )*(geklappt|funktioniert|geholfen)
(funktioniert|klappt|laeuft)
(problem|fehler|stoerung|stau|fehlermeldung|meldung) (ist|sind) (das |es |damit |somit |nun |jetzt |inzwischen |
    mittlerweile )*(verschwunden|weg)
(problem|fehler|stoerung|stau|meldung|anliegen|sache|thema|es|alles|das|damit|fall)? ?(ist|sind|waere|
    wurde)? ?(damit |somit |nun |jetzt |inzwischen |mittlerweile |wieder |alles |fuer mich |fuer uns |
    hiermit |also |soweit |schon |bereits )*(geloest|behoben|repariert|beseitigt|in ordnung|i ?o|okay|gut|
    perfekt|bestens|prima)
(tritt|kommt|taucht|erscheint)( (jetzt|nun|seitdem|seither))? nicht mehr( auf| vor)?
(seitdem|seither) (keine|kein) (probleme|problem|fehler|ausfall|ausfaelle)( mehr)?
keine (probleme|fehler|fragen|weiteren fragen|beschwerden)( mehr)?
(ich )?(kann|komme|konnte|koennen|kommen) (mich |wir |uns |jetzt |nun |wieder |normal |alles |ganz |
    wie gewohnt |ohne probleme )*(wieder )?(arbeiten|drucken|anmelden|einloggen|zugreifen|telefonieren|
    scannen|rein|drauf|loslegen|weiterarbeiten)
(wieder )?(alles )?(im lot|in butter|tacko|tiptop|tip top|tutto bene|schick|chic|roger|im gruenen bereich)
(it|that|this|everything|all|printer|vpn|login|mail|laptop|password|account)? ?(is |s |now |all )*(works|
    working|worked|fixed|solved|resolved|sorted|running|up and running|back to normal|good|fine|perfect|
    great|ok|okay)( (again|now|fine|perfectly|great|well|well now|like a charm|as expected|for me|for us|
    on my side|on our side|here|out))*
(the )?(problem|error|issue) (is|has) (now )?gone
that (did|has done) (it|the trick)
(did the trick|did it|problem solved|issue solved|issue resolved|no (further|more) (questions|issues|
    problems)|no (questions|issues|problems))
i (can|could|m able to|am able to) (now |again )*(log in|login|print|work|connect|access it|scan|
    sign in)( again| now| fine)*
(that|this|it) (helped|helps)( a lot| me| me a lot)?
(it|they|he|she) (hasn t|has not|haven t) (happened|come back|occurred|reappeared)( since| again)?
"""
# … and "you can close it".
_CLOSE = r"""
(hat|habe|haben) (sich |es |das |damit |die sache |alles |eben |gerade |inzwischen |mittlerweile |
    von selbst |selbst |selber |nun |jetzt |bereits |schon )*(erledigt|geklaert|eruebrigt|aufgeklaert|
    geloest|gefunden|hinbekommen)
(anfrage|anliegen|ticket|sache|thema|problem|fall|meldung|stoerung|bestellung|das|es|alles|vorgang)? ?(ist|
    waere|sind) (das |es |damit |somit |nun |jetzt |inzwischen |mittlerweile |bereits |schon |fuer mich |also |
    hiermit |hinfaellig und )*(erledigt|hinfaellig|gegenstandslos|abgeschlossen|obsolet|geklaert)
(bitte )?(koennen|koennt|kann|duerfen|darf|koennten)( sie| ihr| gerne| gern| das| den| die| dieses| ticket|
     tickets| anfrage| vorgang| fall| meldung| es| nun| jetzt| also| damit| daher| deshalb| dann| wieder|
     somit| von mir aus| von meiner seite| somit)* (schliessen|geschlossen werden|zumachen|zu machen|
    abschliessen|abgeschlossen werden|zu|weg|geschlossen|beenden|beendet werden)
bitte (das |den |die |dieses |diese |mein |meine |unser )?(ticket |tickets |anfrage |vorgang |fall |
    meldung |sache )?(wieder |nun |jetzt |einfach |dann )*(schliessen|zumachen|abschliessen|beenden|
    stornieren|loeschen|als erledigt (markieren|kennzeichnen|betrachten))( danke)?
(schliessen|beenden|stornieren) sie (bitte |gerne |das |den |die |dieses |ticket |anfrage |vorgang |fall |meldung )+
(ticket|vorgang|fall|anfrage|case) (bitte |kann |gerne )*(schliessen|geschlossen werden|zu|zumachen|erledigt)
(wird|werden|brauche|brauchen|benoetige|benoetigen|ist|sind|wir|ich|hilfe)( ich| wir| es| das| die| den|
     keine| hilfe| ihre| unterstuetzung| nun| jetzt)* nicht mehr( (benoetigt|gebraucht|noetig|erforderlich|
    notwendig|aktuell|relevant))?
(brauche|brauchen|benoetige|benoetigen) (ich |wir )?keine (hilfe|unterstuetzung) mehr
(ich )?(ziehe|ziehen) (wir )?(die |meine |unsere |das )?(anfrage|meldung|ticket|bestellung|
    anliegen) (hiermit )?zurueck
(you )?(can|may|could)( you)?( please| now| also| go ahead and)* (close|be closed|resolve|cancel)( (this|
    the|my|that|it|ticket|case|request|issue|now|please|out))*
(please|pls|kindly|feel free to|go ahead and)( go ahead and)? (close|cancel|resolve|ignore)( (this|the|my|
    that|it|ticket|case|request|issue|now|please|one|out))*
(this|the|my|it|that)?( ticket| case| request| issue)? ?(can|may) (now )?be (closed|cancelled|canceled)
(ticket|case|request|issue|it|this|that)? ?(is |are |s )?(no longer|not) (needed|required|necessary|
    relevant|an issue)( any more| anymore)?
(i|we) (no longer|don t|do not) need (it|this|that|help|any help|assistance)( any more| anymore)?
(it |that |this |the issue |problem |issue )?(has |have )?(resolved|sorted|fixed|solved) (itself|itself out)
((i|we) )?(have |ve |just |already )*(figured|worked|sorted) (it |this |that )?out( myself| ourselves)?
(i|we) (have |ve |just |already )*(solved|fixed|resolved|found) (it|this|the (problem|issue|cause|
    error))( myself| ourselves)?
never ?mind|case closed|withdraw (my|the|this) (request|ticket)|consider (this|it) (closed|done|resolved)
"""
# Thanks, and what may stand beside them.
_THANKS = r"""
(vielen |vielen lieben |herzlichen |besten |lieben |tausend |recht |ganz |schoenen |1000 )*(dank|danke|
    dankeschoen|danke schoen|dankeschoen)( (sehr|schoen|vielmals|nochmal|nochmals|euch|ihnen|dir|allen|
    fuers))*
(ich |wir )?(bedanke|bedanken)( ich| wir)? (mich|uns)( (herzlich|nochmals|vielmals|sehr|ganz))*
(many |so many |lots of |a big |big |huge )*(thanks|thank you|thankyou|thx|ty|cheers|tnx|merci)( (so much|
    very much|a lot|a million|again|all|everyone|a bunch|both))*
(much|greatly|really|very) appreciated|(i |we )?(really |very much |much |greatly )?appreciate (it|that|
    this|your help|the help)
(sehr |super |wirklich )?(nett|freundlich|lieb) von (ihnen|euch|dir)
(you (guys |all )?(rock|re the best|are the best|saved my day|re a star|are a star))
"""


def listed(block: str) -> frozenset[str]:
    """Make a set of the words of a block."""
    return frozenset(block.split())


WORDS = listed("""
tauschs von meiner ah alle allem allen alles also am an antwort arbeit auf aus bei beim bemuehungen bemuehung besten
bestens bis da das dass daumen de dem den der derzeit die dies diese diesen diesmal dir dran du einfach
einwandfrei ende endlich er erklaerung erledigt erledigung erstmal es euch eure eurem euren eurer fuer fuers
ganz gemacht genau gern gerne geholfen gut gute guten guter grosse grosses grossartig hab habe haben habt
halt hallo hat herzlich herzliche herzlichen hervorragend hilfe hilfestellung hilfreich hinweis hurra ich
ihm ihnen ihr ihre ihrem ihren ihrer im in info information informationen ja jetzt jo kein keine klappt klar
klasse kollegen kollegin kompetent kompetente lieb liebe lieben lieber loesung lob macht meine meinen meinem
mein mega mich mir mit moin moment muehe nett nun ok okay okey perfekt perfekte prima prompt prompte
prompten passt reaktion rasche raschen rueckmeldung rueckinfo ruf schnell schnelle schnellen schneller
schnelles schnellste sehr service sie so sofort sofortige soweit spitze spitzenmaessig stimmt super
superschnell supi tag tage team tipp tipps toll tolle tollen toller top traumhaft tut uebernahme und uns
unser unsere unterstuetzung verstanden viel viele vielen vom von vor wahnsinn wart war wie wieder wir
wirklich wirkt wochenende feierabend abend nachmittag mittag woche wow wunderbar wunderbare wuensche
wuenschen wurde zu zum zur zufrieden zuverlaessig zuegige zuegigen zuegig auskunft anruf telefonat nachricht
mail umsetzung bearbeitung einrichtung erledigen geduld einsatz besuch freundlich freundliche freundlichen
unkomplizierte unkomplizierten kurzfristige ausfuehrliche a absolutely again all amazing and any are as
assistance at awesome both brilliant by day done everyone everything evening excellent fantastic fast for
from fully glad good got great guys happy have help helped helpful here hi hello hey hooray i indeed is it
its job just kind kindly legend lovely lot me much my nice nicely no now of on our patience perfect
perfectly quick quickly re really reply response resolving fixing solving helping sorting rest soon speedy
splendid star support superb sure that the this to today tonight truly up update us very we week weekend
well wishes wonderful work working yay yes you your yours effort explaining explanation yep yeah swift rapid
getting back sorted outstanding cool neat lightning these those afternoon neu neue neuen neuer neues des
schoen schoene schoenen schoener schoenes seid seite new resetting replacing meiner
""")
# What a ticket may be about, after "danke für" or "thanks for": it names the case, it brings no new one.
TOPICS = listed("""
druckers monitors notebooks kontos rechners telefons scanners zugangs drucker notebook laptop rechner
computer monitor bildschirm maus tastatur headset kamera handy smartphone
tablet telefon vpn wlan lan internet netzwerk mail postfach kalender verteiler outlook teams office excel
word sap erp kennwort passwort passworts kennworts zugang zugriff konto account berechtigung berechtigungen
laufwerk ordner freigabe installation update updates lizenz software programm server datenbank backup daten
datei dateien wiederherstellung scanner toner papier patrone tausch austausch ersatz geraet geraete dock
dockingstation kabel netzteil akku problem problems problemen fehler fehlers stoerung thema sache anliegen
ticket anfrage einrichten zuruecksetzen freischalten freischaltung lieferung bestellung printer screen mouse
keyboard phone password login access permission drive folder share license licence network email mailbox
calendar device replacement cable charger battery reset setup issue error request matter
""")
GREETINGS = (
    r"^(hallo|hi|hey|hello|dear|liebe[rs]?|sehr geehrte[rs]?|guten (tag|morgen|abend)|moin( moin)?|servus|"
    r"good (morning|afternoon|evening)|gruess gott)\b[^\n,.!?]{0,60}$"
)
SIGN_OFFS = (
    r"^(mit )?(freundlichen?|besten?|herzlichen?|vielen?|lieben?|schoenen?|sonnigen?|kollegialen?) gruess?e?n?\b"
    r"|^(mfg|lg|vg|bg|hg|gruss|gruesse|gruessle|best|regards|kind regards|best regards|warm regards|best wishes|"
    r"cheers|sincerely|yours|br|rgds|many thanks and regards|ciao|tschuess|bye)\b[^a-z]*"
    r"|^(von meinem|gesendet von|sent from|get outlook for|outlook fuer|holen sie sich)\b|^(--|__|==)"
)
# Any of these, and the reply says more than thanks.
AGAINST = listed("""
aber leider jedoch allerdings trotzdem dennoch sondern nur ausser obwohl ob wann warum wieso weshalb welche
welcher welches weiterhin immernoch erneut schonwieder nachwievor teilweise manchmal gelegentlich fast
bisher vorerst halbwegs zusaetzlich ausserdem uebrigens zudem ferner zweitens frage fragen dringend sobald
falls wenn sonst nachtrag nicht kein keine keinen but however although still unfortunately except another
also besides additionally question questions when why how what which whether if unless until meanwhile yet
not no sometimes partially partly almost though only
""")


def phrases(block: str) -> "re.Pattern[str]":
    """Make one pattern of the lines of a block, longer ones first; indented lines continue the one before."""
    whole = block.replace("\n    ", "").strip().splitlines()
    lines = sorted(whole, key=len, reverse=True)
    return re.compile("|".join(rf"(?<![a-z0-9])(?:{line})(?![a-z0-9])" for line in lines))


WORKS, CLOSE, THANKS = phrases(_WORKS), phrases(_CLOSE), phrases(_THANKS)
