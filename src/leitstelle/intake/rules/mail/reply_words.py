"""Words of mail programs in European languages that `reply` needs. Data only."""

import re

_VERBS = r"""
    wrote | writes | said
    | schrieb | schrieben | geschrieben | schreibt
    | a\ écrit | a\ ecrit | écrit | a\ envoyé
    | ha\ scritto | scrive | scritto
    | escribió | escribio | ha\ escrito
    | escreveu
    | schreef | geschreven
    | skrev | skrifaði
    | kirjoitti
    | napisał\(a\) | napisał | napisała | napisal\(a\) | pisze
    | napsal\(a\) | napsal | napísal\(a\)
    | írta
    | написал\(а\) | написал | написала | писал | пишет
    | пише | написав | написала
    | 写道 | 寫道 | のメール | さんは書きました
"""
WROTE = re.compile(rf"(?<!\w)(?:{_VERBS})(?!\w)", re.IGNORECASE | re.VERBOSE)

_WEEKDAYS = r"""mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|montag|dienstag|mittwoch|donnerstag|freitag
    |samstag|sonntag|lun|mar|mer|jeu|ven|sam|dim|lunes|martes|jueves|понедельник|вторник|среда|четверг|пятница
    |суббота|воскресенье|пн|вт|ср|чт|пт|сб|нд|вс|po|út|st|čt|pá|ne|pon|wt|śr|czw|pt|sob|man|tir|ons|tor|fre
    |lør|søn|mån|tis|lör|sön"""
INTRODUCTION_START = re.compile(
    rf"""^(?:on|at|am|um|le|il|el|em|op|den|dne|dnia|w\ dniu|W\ dniu|på|pe|på|à|a|na|в|у|在|于
        |(?:{_WEEKDAYS})\b[\w.]*|\d{{1,4}}[-./ ])(?=[\s\d,.年])|^\d{{4}}年|^\d""",
    re.IGNORECASE | re.VERBOSE,
)

# What the lines of a quoted header mean, over all languages.
_HEADER_WORDS = {
    "from": "from von de da från fra van od lähettäjä feladó от від 发件人 寄件者 差出人 expéditeur mittente remitente",
    "date": "sent date gesendet datum envoyé data inviato enviado enviada skickat sendt verzonden wysłano odesláno"
    " päivämäärä lähetetty dato fecha dátum elküldve дата отправлено надіслано 发送时间 日期 送信日時 date/heure",
    "to": "to an à a para pour till til aan do komu vastaanottaja címzett кому 收件人 宛先 destinataire",
    "subject": "subject betreff objet oggetto asunto assunto ämne emne onderwerp temat předmět aihe tárgy тема"
    " 主题 主旨 件名 betrifft",
    "other": "cc kopie copie copia bcc bkk reply-to antwort risposta responder antworten priorität priority"
    " wichtigkeit importance attachments anlagen anhänge kopia",
}
HEADER_KINDS = {word: kind for kind, words in _HEADER_WORDS.items() for word in words.split(" ")}
HEADER_KINDS |= {
    "antwort an": "other",
    "antworten an": "other",
    "répondre à": "other",
    "gesendet am": "date",
    "envoyé le": "date",
    "date d'envoi": "date",
    "sent on": "date",
    "blind copy": "other",
}

SEPARATOR_MARK = re.compile(
    r"""^[*_\s]*-{2,}\s*(?:original\ message|originalnachricht|original-nachricht|ursprüngliche\ (?:nachricht|mail
        |e-mail)|ursprungliche\ nachricht|urspr\.\ nachricht|message\ d['’]origine|message\ original|messaggio
        \ originale|mensaje\ original|mensagem\ original|oorspronkelijk\ bericht|original\ besked|oprindelig
        \ meddelelse|opprinnelig\ melding|originalmeddelande|ursprungligt\ meddelande|alkuperäinen\ viesti
        |wiadomość\ oryginalna|oryginalna\ wiadomość|původní\ zpráva|eredeti\ üzenet|исходное\ сообщение
        |original\ appointment|ursprünglicher\ termin|reply\ message|antwort)\s*-{2,}[*_\s]*$""",
    re.IGNORECASE | re.VERBOSE,
)
FORWARD_MARK = re.compile(
    r"""^(?:[*_\s]*-{2,}\s*(?:forwarded\ (?:message|by\b.*)|weitergeleitete\ nachricht|weitergeleitet\ von\b.*
        |message\ transféré|messaggio\ inoltrato|mensaje\ reenviado|mensagem\ encaminhada|doorgestuurd\ bericht
        |videresendt\ (?:meddelelse|melding)|vidarebefordrat\ meddelande|przekazana\ wiadomość
        |пересылаемое\ сообщение)\s*-*[*_\s]*
        |begin\ forwarded\ message:|anfang\ der\ weitergeleiteten\ (?:nachricht|e-mail):
        |début\ du\ message\ (?:réexpédié|transféré)\s*:|inizio\ messaggio\ inoltrato:
        |inicio\ del\ mensaje\ reenviado:)$""",
    re.IGNORECASE | re.VERBOSE,
)

# Lines that a device or program adds below a mail.
MOBILE_FOOTER = re.compile(
    r"""^[\s(<\[*_—–-]*(?:
        sent\ (?:from|via|with|by|using)\b.{0,120}
        | .{0,30}\bfrom\ (?:my\ )?(?:mobile|iphone|ipad|phone|android|cell)\b.{0,20}
        | (?:diese\ (?:nachricht|e-mail|mail)\ wurde\ )?(?:von|mit|über|aus)\ (?:meinem?r?|der|dem|outlook|gmx|web\.de
            |samsung|yahoo|k-9|thunderbird)\b.{0,100}\b(?:gesendet|verschickt|geschickt|versandt)\b.{0,60}
        | gesendet\ (?:von|mit|über|aus)\b.{0,100}
        | envoyé\ (?:de|depuis|à\ partir|avec|via)\b.{0,100}
        | inviato\ (?:da|dal|con|tramite)\b.{0,100}
        | enviad[oa]\ (?:desde|de|do|con|com|a\ partir|pelo)\b.{0,100}
        | (?:verzonden|verstuurd)\ (?:met|vanaf|via|vanuit)\b.{0,100}
        | (?:sendt|skickat|sänt|skickades)\ (?:fra|från|via|med)\b.{0,100}
        | lähetetty\b.{0,100} | wysłan[eo]\ (?:z|za)\b.{0,100} | odesláno\ (?:z|ze)\b.{0,100}
        | отправлено\ (?:с|из)\b.{0,100} | надіслано\ (?:з|із)\b.{0,100}
        | (?:從我的|从我的|发自我的|發自我的).{1,60}
        | (?:get|holen\ sie\ sich|laden\ sie|téléchargez|obtenir|scarica|ottieni|obtener)\ .{0,4}outlook\b.{0,120}
        | outlook\ für\ (?:ios|android).{0,80}
        | diese\ nachricht\ wurde\ von\ meinem\b.{0,100}
        )[\s)>\]*_.]*$""",
    re.IGNORECASE | re.VERBOSE,
)
