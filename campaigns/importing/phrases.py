"""How petition pages, mails and their furniture are worded, in English, German, Spanish and French.

Each pattern is matched against one short paragraph, so that none can be slow.
"""

import re

from campaigns.importing.draft import Part


def _any(patterns: str) -> re.Pattern[str]:
    """One pattern of many, parted by ` | ` or a line's end; a backslash there joins two lines."""
    joined = re.sub(r"\\\n *", "", patterns.strip())
    return re.compile("|".join(re.split(r" \| |\n *", joined)), re.IGNORECASE)


MAX_LABEL = 300
QUOTES = {'"': '"', "“": '”"', "„": '“”"', "«": "»", "»": "«", "‘": "’"}

# `The petition to Mayor Ada Lee reads:` and its kin; the group names the targets.
LEAD_IN = _any(
    r"""
    (?:sign )?(?:(?:the|this|our|my) )?(?:open )?(?:petition|letter|message) (?:text )?(?:to\
      |addressed to) (?P<en>\S.*?)(?: (?:reads|says|states|is|will read)(?: as follows)?:?|:)
    (?:(?:die|unsere|diese) )?petition an (?P<de>\S.*?)(?: (?:lautet|fordert))?:
    (?:(?:la|nuestra|esta) )?petici[oó]n (?:al|a) (?P<es>\S.*?)(?: (?:dice|reza))?:
    (?:(?:la|notre|cette) )?p[eé]tition (?:à|au|aux) (?P<fr>\S.*?)(?: (?:dit|demande))? ?:
    """
)
# The same without a target.
BARE_LEAD_IN = _any(
    r"""
    (?:(?:the|this|our) )?(?:petition|letter|message|statement)(?: text)? (?:reads|says|states):?
    (?:here(?:'|’)s|here is|this is) (?:what the petition says|the (?:full )?(?:petition|letter\
      |text)[^.]{0,60}):?
    (?:der |unser )?(?:petitionstext|text der petition)(?: lautet)?:?
    (?:el )?texto (?:de|que)[^.:]{0,60}: | (?:le )?texte de la p[eé]tition ?:?
    """
)

LABELS = {
    Part.BRAND: _any(
        r"""
        organi[sz]ation | (?:petition|campaign|started|created|launched) by | brand | from
        organisation | von | gestartet von | organizaci[oó]n | creada por | de la part de
        """
    ),
    Part.HEADLINE: _any(
        r"""
        (?:petition )?(?:headline|title) | (?:e-?mail )?subject(?: line)? | betreff | titel
        [üÜ]berschrift | t[ií]tulo | asunto | titre | objet
        """
    ),
    Part.TARGETS: _any(
        r"""
        to | targets? | addressed to | addressees? | recipients? | (?:the )?decision[- ]makers?
        petition to | this petition is (?:addressed |directed )?to | (?:petition )?an
        adressat(?:en|in|innen)? | empf[aä]nger(?:in|innen)? | gerichtet an | para | a
        dirigid[oa] a | destinatari[oa]s? | petici[oó]n a | [àÀ] | destinataires?
        adress[ée]e? [àa] | will be sent to | wird gesendet an
        """
    ),
    Part.STATEMENT: _any(
        r"""
        (?:the |our |full )?(?:petition|statement|message)(?: text| statement| wording)?
        text of (?:the |this )?(?:petition|letter) | (?:your|my|the) message
        (?:our |the |my )?demands? | what (?:we(?:'|’)?re|we are) (?:asking|calling) for
        what we (?:want|demand|ask(?: for)?) | we (?:demand|ask|call for) | (?:our|the) call
        petitionstext | (?:unsere )?forderung(?:en)? | (?:das|was wir) fordern(?: wir)?
        wir fordern | appell | texto de la petici[oó]n | (?:nuestra )?petici[oó]n
        (?:lo que )?(?:pedimos|exigimos|queremos) | demandas | texte de la p[ée]tition
        nos (?:demandes|revendications) | nous demandons
        """
    ),
    Part.NOTICE: _any(
        r"""
        (?:opt-?in )?notice | opt-?in(?: (?:text|wording))? | consent(?: (?:text|wording))?
        (?:small|fine) print | data protection | einwilligung | datenschutz(?:hinweis)? | hinweis
        aviso(?: legal| de privacidad)? | protecci[oó]n de datos | mentions?
        """
    ),
    Part.LEAD_LINE: _any(
        r"""
        lead(?: line)? | sub-?(?:head(?:line|ing)?|title) | untertitel | subt[ií]tulo
        """
    ),
    Part.LETTER: _any(
        r"""
        (?:the )?(?:body|letter|full text|letter body|details) | background(?: information)?
        more (?:details|information) | additional (?:details|information) | about this petition
        why (?:is|does) (?:this|it) (?:so )?(?:important|matter|urgent)\??
        why (?:this|it)(?: petition| campaign)? (?:is important|matters)\??
        the (?:issue|problem|story|facts)
        (?:what(?:'|’)s|what is) (?:at stake|happening|the problem)\?? | description
        begr[uü]ndung | hintergrund | worum (?:es )?geht(?: es)?\?? | das problem
        warum ist (?:das|dies) (?:so )?wichtig\?? | ¿?por qu[ée] es (?:tan )?importante\??
        (?:contexto|antecedentes|motivos|descripci[oó]n|el problema) | contexte
        pourquoi (?:est-ce|c(?:'|’)est) important ?\??
        """
    ),
    Part.ASK: _any(
        r"""
        (?:the )?ask
        """
    ),
    Part.CALL_TO_ACTION: _any(
        r"""
        button(?: (?:text|label))? | cta | call[- ]to[- ]action | schaltfl[aä]che
        """
    ),
    Part.CLOSING: _any(
        r"""
        closing(?: line)? | sign-?off | schluss(?:wort)? | cierre
        """
    ),
    Part.SOURCE: _any(
        r"""
        (?:our )?(?:sources?|references|citations|footnotes|endnotes|notes|works cited)
        (?:quellen(?:angaben|verzeichnis)?|belege|fu[sß]{1,2}noten|anmerkungen|einzelnachweise)
        (?:fuentes|referencias|notas|bibliograf[ií]a)(?: y \w+)? | r[ée]f[ée]rences | notes
        """
    ),
}
# A label that a reader understands stays as a heading; one that only sorts is left out.
SORTS_ONLY = _any(
    r"""
    (?:the )?(?:letter body|body|letter|full text|details|description|descripci[oó]n)
    """
)

CALL_TO_ACTION = _any(
    r"""
    (?:please )?(?:sign|add your (?:name|signature|voice))(?: (?:on|up|it|now|here|today|below\
      |the|this|our|petition|letter|statement|open|and|share|your|name|to|with|us))*
    (?:take|join the) action(?: now)? | act now | i(?:'|’)ll sign | yes,? i(?:'|’)ll sign
    count me in | send (?:your|my|a|the) (?:message|letter)(?: now)? | speak out(?: now)?
    join (?:us|the call) | email your mp
    (?:jetzt |petition |hier |online )*(?:unterschreiben|unterzeichnen|mitzeichnen\
      |mitmachen)(?: sie)?(?: jetzt)?
    (?:firma|firmar|firme|[uú]nete|act[uú]a)(?: (?:ahora|aqu[ií]|ya|la|esta|petici[oó]n))*
    (?:je signe|signez?|signer)(?: (?:la|cette|p[ée]tition|maintenant|ici))*
    """
)

NOTICE = _any(
    r"""
    \bby (?:signing|submitting|adding your name|taking action|entering|clicking|providing)\b
    \byou(?:'|’)ll (?:also )?(?:receive|get|hear|be (?:added|kept))\b
    \byou (?:will|may|might|agree to|consent to|can|accept) (?:also )?(?:receiv|get\b|hear from\
      |be (?:added|contacted|kept)|unsubscrib|opt[- ]?out|be emailed)
    \bwe(?:'|’)?(?:ll| will| may| might| would like to)? (?:also )?(?:e-?mail|contact|text\
      |keep) you\b
    \bwe(?:'|’)?(?:ll| will| may) (?:also )?(?:send|update) you\b
    \b(?:keep me|stay) (?:updated|informed|posted|up to date|in touch)\b
    \bsend me (?:e-?mails|updates|news)
    \b(?:receive|get) (?:(?:periodic|regular|occasional|e-?mail|important|our\
      |the latest) )*(?:updates|e-?mails|newsletters?)
    \bi(?:(?:'|’)d| would)? (?:like|want|wish|agree|consent|am happy) (?:to )?(?:hear|receiv\
      |get (?:news|updates|e-?mails)|be (?:kept|informed|contacted|e-?mailed|updated))
    \bwould you like (?:us )?to (?:also )?(?:hear|receive|get|be (?:kept|informed|contacted)\
      |e-?mail|contact|keep|send|update)
    \b(?:can|may|could) we (?:also )?(?:e-?mail|contact|text|update|keep you|send you)
    \b(?:quiero|deseo) recibir\b | \b(?:souhaite|veux|accepte de) recevoir\b
    \bm[öo]cht(?:en sie|est du)\b.*(?:informier|e-?mail|newsletter|laufenden)
    \b(?:haltet|halten sie|informiert) mich\b
    \bunsubscribe (?:at )?any ?time | \bopt[- ]?out (?:at )?any ?time | \byou can unsubscribe\b
    \bmit (?:meiner|ihrer|deiner) unterschrift\b
    \bich (?:m[öo]chte|willige|stimme)\b.*(?:mail|newsletter|informier|daten|kontakt)
    (?:per e-?mail|newsletter).*(?:informier|auf dem laufenden|erhalten|abbestell|widerruf)
    (?:halten|informieren) (?:sie|dich|euch).*(?:per e-?mail|auf dem laufenden)
    \bal firmar\b | \brecibir[áa]s?\b.*(?:correo|noticias|novedades|actualizaciones|e-?mail)
    \bdarte de baja\b | \bpuedes? cancelar\b | \bacept(?:o|as) recibir\b
    \ben signant\b | \bvous recevrez\b | \bvous (?:pouvez|pourrez) vous d[ée]sinscrire\b
    """
)
# Enough right under the statement, where a notice stands.
LOOSE_NOTICE = re.compile(
    r"\b(?:updates?|e-?mails?|newsletters?|receive|(?:un)?subscribe|privacy|datenschutz"
    r"|privacidad)\b",
    re.IGNORECASE,
)

# What stands around a text on a web page. Whole paragraphs only.
FURNITURE = _any(
    r"""
    petition | petition details | petition updates | (?:verified )?signatures? | next goal
    [0-9][0-9.,k ]* verified signatures?
    urgent action | action alert | breaking(?: news)?
    (?:start|browse|my) (?:a )?petitions? | browse | updates? | started
    (?:started|created|launched|organi[sz]ed|posted) (?:by|on) .{2,60} | show on a map
    (?:share|tweet|forward|print|post|e-?mail) (?:this|the|on|via|with|to|it|your) .{1,80}
    send (?:an |this )?e-?mail\b.{0,40} | (?:in )?whatsapp.{0,20}
    skip to (?:main )?(?:content|navigation) | (?:toggle )?(?:navigation|menu) | home(?: ?page)?
    search | close | back | about(?: us)? | our (?:work|team|story|campaigns|impact) | campaigns?
    petitions | actions | news(?:room)? | blog | press(?: room)? | contact(?: us)?
    (?:log|sign) ?(?:in|out|up) | my account | register | help | faqs? | jobs | careers
    donate(?: now| today)? | give(?: now| monthly)? | join(?: us| now)? | subscribe | shop
    support us | get involved
    (?:like|follow|find|share|tweet|post|pin|e-?mail|print|forward|copy|send)(?: (?:us|this|the\
      |it|on|via|by|with|to|a|your|our|friends?|page|link|petition|campaign|facebook|twitter|x\
      |bluesky|mastodon|threads|linkedin|whatsapp|instagram|reddit|telegram|tumblr|e-?mail|now\
      |more))*
    (?:facebook|twitter|x|bluesky|mastodon|whatsapp|instagram|linkedin|reddit|telegram|tiktok\
      |youtube|rss|sms)
    (?:first |last |full |your |family )?name(?: ?\*)?
    (?:your |e-?mail )?(?:e-?mail|address)(?: address)?(?: ?\*)?
    (?:zip|postal|post)[ -]?code(?: ?\*)? | country(?: ?\*)?
    (?:mobile |your )?(?:phone|number)(?: number)?(?: ?\*)? | city | state
    comments?(?: \(optional\))? | (?:\* ?)?required(?: fields?)? | not you\?.* | mr | mrs | ms
    mx | dr
    [0-9][0-9.,k ]* ?(?:signatures?|supporters|people|of us|have signed|signed|shares?|likes\
      |comments?|unterschriften|unterst[üu]tzer\w*|firmas|personas han firmado\
      |signataires)\b.{0,60}
    .{0,40}\b(?:of|von|de) (?:our |a |the )?[0-9][0-9.,k ]* (?:goal|signatures?|needed\
      |unterschriften|firmas).{0,20}
    (?:goal|ziel|objetivo|next goal):? ?[0-9][0-9.,k ]*.{0,20} | [0-9]{1,3} ?%(?: complete)?
    [0-9][0-9.,]{2,} | deadline .{0,60} | [0-9]+ (?:days?|hours?) (?:left|ago).{0,30}
    (?:created|published|posted|started)(?: on)? [0-9].{0,30}
    (?:©|\(c\)|copyright\b).{0,200} | .{0,80}\ball rights reserved\b.{0,80} | powered by .{0,60}
    privacy(?: ?(?:&|and)? ?(?:policy|notice|cookies?|terms))?
    cookies?(?: (?:policy|settings|preferences))?
    terms(?: (?:of (?:use|service)|(?:and|&) conditions))? | accessibility | site ?map | imprint
    disclaimer | legal
    (?:we|this site|our website) uses? cookies.{0,300} | accept (?:all )?cookies | accept all
    reject all | manage cookies
    (?:view|read|see|open) (?:this )?(?:e-?mail |message |it )?(?:in|on) (?:your |the |a )\
      ?(?:web ?)?(?:browser|web).{0,60}
    having trouble (?:viewing|reading) .{0,80}
    click here to .{0,80}(?:browser|online|unsubscribe).{0,40}
    (?:read|show|learn|see|load) (?:more|less|all) | loading(?:\.{3}|…)? | advertisement
    previous | next | top | back to top | (?:recent|latest) (?:signers|signatures|news|posts)
    related (?:petitions|campaigns|articles|posts) | you may also like
    startseite | men[üu] | suche | spenden | jetzt spenden | [üu]ber uns | kontakt | impressum
    datenschutz(?:erkl[äa]rung)? | agb | anmelden | teilen | (?:auf |per )?\w+ teilen | vorname
    nachname | plz | land | e-mail-adresse | zum inhalt springen | drucken
    inicio | buscar | dona(?: ahora)? | qui[ée]nes somos | contacto | aviso legal
    pol[íi]tica de (?:privacidad|cookies) | compart(?:e|ir)(?: en .{1,20})? | nombre | apellidos?
    correo(?: electr[óo]nico)? | c[óo]digo postal | pa[íi]s | haz un donativo
    accueil | recherche | faire un don | qui sommes-nous\s?\?? | mentions l[ée]gales | partager
    pr[ée]nom | nom | code postal
    """
)
# What mail programs and mailing systems add.
MAIL_FURNITURE = _any(
    r"""
    (?:from|to|cc|bcc|date|sent|reply-to|received|return-path|message-id|mime-version\
      |content-\S+|x-[\w-]+|list-\S+|importance|von|an|gesendet|datum|de|para|enviado|fecha\
      |[àa]|envoy[ée]) ?: .*
    -{2,} ?(?:forwarded|original) message ?-{2,} | begin forwarded message:
    -{2,} ?weitergeleitete.{0,40}
    (?:on|am|el|le) .{3,120}(?:wrote|schrieb.{0,60}|escribi[óo]|a [ée]crit) ?:
    sent from my .{1,40} | -- ?
    .{0,120}\b(?:you(?:'|’)re|you are|you have) (?:receiving|received) this\b.*
    .{0,80}\bthis (?:e-?mail|message) was sent (?:to|by|from)\b.*
    (?:to |if you).{0,100}\bunsubscribe\b.{0,160} | unsubscribe\b.{0,160}
    .{0,60}\bmanage (?:your )?(?:e-?mail )?(?:preferences|subscriptions?)\b.*
    .{0,60}\bupdate (?:your )?(?:preferences|profile)\b.*
    .{0,120}\b(?:wenn sie|um).{0,80}(?:abmelden|abbestellen)\b.{0,80}
    .{0,80}\bpara (?:darte|darse) de baja\b.{0,80} | (?:paid for|authori[sz]ed) by .{2,200}
    """
)
GREETING = _any(
    r"""
    (?:dear|hi|hello|hey|liebe[rs]?|sehr geehrte[rs]?|hallo|guten tag|querid[oa]s?\
      |estimad[oa]s?|hola|cher|ch[èe]re|chers|bonjour|madame|monsieur)\b[^.?!]{0,120}[,:!–-]?
    """
)
# To whom one writes with a title, and not to one's own supporters.
FORMAL = re.compile(
    r"\b(?:sirs?|madam|mr|mrs|ms|dr|prof|minister\w*|president\w*|senator\w*|governor"
    r"|secretary|mayor|commissioner|chair\w*"
    r"|ceo|director|members? of (?:parliament|congress|the)|council\w*|judge|attorney"
    r"|excellency|ambassador|prime"
    r"|herr|frau|damen und herren|señor\w*|sr|sra|presidente|ministr[oa]|alcalde\w*|monsieur"
    r"|madame)\b",
    re.IGNORECASE,
)
SIGN_OFF = _any(
    r"""
    (?:yours|very|with|in|best|kind|warm|most|many|for)? ?(?:sincerely|faithfully|truly\
      |respectfully|regards|wishes|solidarity|hope|thanks|gratitude|power|peace|love\
      |justice)(?: (?:yours|and \w+))?[,.!]?(?: (?:from )?\W{0,2}the .{2,40})?
    mit (?:freundlichen|solidarischen|besten|herzlichen) gr[üu](?:ß|ss)en,? | hochachtungsvoll,?
    herzliche gr[üu](?:ß|ss)e,?
    (?:muy )?atentamente,? | un (?:cordial |fuerte )?(?:saludo|abrazo),? | en solidaridad,?
    cordialement,? | sinc[èe]rement,?
    """
)
THANKS = _any(
    r"""
    \W{0,2}(?:thanks?|thank you|many thanks|danke|vielen dank|herzlichen dank|gracias\
      |muchas gracias|merci|onward|together,)\b.{0,180}
    """
)
# A sentence that asks somebody to do something: what people would sign.
PLEA = re.compile(
    r"\b(?:we,? the undersigned|undersigned|(?:we|i)(?:,? [^,.]{1,60},)? (?:hereby |strongly "
    r"|therefore |respectfully |also )*"
    r"(?:call (?:up)?on|urge|demand|ask|petition|request|implore|appeal to|want|would like)\b"
    r"|(?:die )?unterzeichne(?:nden|rinnen|r)|(?:wir|ich) (?:fordern?|bitten?|verlangen?"
    r"|appellieren?)\b"
    r"|abajo firmantes|(?:exigimos|pedimos|solicitamos|instamos|reclamamos|exijo|pido|solicito)\b"
    r"|soussign[ée]e?s|(?:nous|je) (?:demand|exig|appel)\w+)",
    re.IGNORECASE,
)
# So begins what was written to be signed.
UNDERSIGNED = re.compile(
    r"\W*(?:we|i|wir|nosotros|nosotras|nous)?,? ?(?:the |die |los |las )?"
    r"(?:undersigned|unterzeichne(?:nden|r)|abajo firmantes|soussign[ée]e?s)\b",
    re.IGNORECASE,
)
# `Petition · Save the river · Change.org`, as browsers call the page of a site.
PAGE_TITLE = re.compile(
    r"(?:petition ?[·|:–-] ?)?(?P<title>.{8,200}?) ?[·|–-] ?"
    r"(?:change\.org|openpetition|avaaz|we ?act|we ?move(?: europe)?|campax|38 degrees"
    r"|care2(?: petitions)?|ipetitions|gopetition)",
    re.IGNORECASE,
)
# `Stoppen Sie …`: what is asked in German without saying that it is asked.
IMPERATIVE = re.compile(r"\b[A-ZÄÖÜ]\w*n Sie\b[^?]*\Z")
# How headlines begin.
HEADLINE = re.compile(
    r"(?:petition\b|tell\b|stop\b|save\b|ban\b|end\b|protect\b|demand\b|don(?:'|’)?t\b|do"
    r" not\b|no (?:to|more)\b|free\b|justice"
    r"\b|urge\b|call on\b|ask\b|make\b|give\b|fund\b|keep\b|pass\b|support\b|help\b|hold\b"
    r"|let\b|bring\b|cancel\b|reject\b|repeal"
    r"\b|scrap\b|release\b|defend\b|restore\b|fix\b|pay\b|raise\b|cut\b|block\b|halt\b|put\b"
    r"|introduce\b|require\b|allow\b"
    r"|(?:rettet|stoppt|keine?|schluss mit|f[üu]r|gegen|freiheit f[üu]r|verbietet|sch[üu]tzt)\b"
    r"|(?:salvemos|salven|alto|basta|no (?:a|al)|exige|libertad|prohib\w+|proteg\w+|justicia"
    r"|stop|sauvons|non [àa]|arr[êe]tez)\b)",
    re.IGNORECASE,
)
PETITION = re.compile(
    r"\b(?:petitions?|petitioners?|undersigned|sign (?:the|this|our|now)|add your name"
    r"|signatures?|petici[óo]n\w*|firma(?:s|r|ntes)?"
    r"|unterschr\w+|unterzeich\w+|p[ée]tition\w*|sign(?:ez|ataires))\b",
    re.IGNORECASE,
)
