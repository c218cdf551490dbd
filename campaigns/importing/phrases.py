"""How petition pages and mails are worded, most of all in English, German, Spanish and French.

Each pattern is matched against one short paragraph, so that none can be slow.
"""

import re

from campaigns.importing.draft import Part


def any_of(patterns: str) -> re.Pattern[str]:
    """One pattern of many, parted by ` | ` or a line's end; a backslash there joins two lines."""
    joined = re.sub(r"\\\n *", "", patterns.strip())
    return re.compile("|".join(re.split(r" \| |\n *", joined)), re.IGNORECASE)


MAX_LABEL = 300
QUOTES = {'"': '"', "“": '”"', "„": '“”"', "«": "»", "»": "«", "‘": "’"}

# `The petition to Mayor Ada Lee reads:` and its kin; the group names the targets.
LEAD_IN = any_of(
    r"""
    (?:sign )?(?:(?:the|this|our|my) )?(?:open )?(?:petition|letter|message) (?:text )?(?:to\
      |addressed to) (?P<en>\S.*?)(?: (?:reads|says|states|is|will read)(?: as follows)?:?|:)
    (?:(?:die|unsere|diese) )?petition an (?P<de>\S.*?)(?: (?:lautet|fordert))?:
    (?:(?:la|nuestra|esta) )?petici[oó]n (?:al|a) (?P<es>\S.*?)(?: (?:dice|reza))?:
    (?:(?:la|notre|cette) )?p[eé]tition (?:à|au|aux) (?P<fr>\S.*?)(?: (?:dit|demande))? ?:
    (?:(?:la|questa|a|esta) )?peti(?:zione|ção) (?:al?|alla|all(?:'|’)|ao|à) ?(?P<it>\S.*?)\
      (?: (?:dice|diz))?:
    (?:de )?petitie aan (?P<nl>\S.*?)(?: luidt)?: | petycja do (?P<pl>\S.*?)(?: brzmi)?:
    (?:.{0,220}[.!?] )?(?:my|our) petition to (?P<mine>\S.*?) (?:says|reads|states):
    .{0,160}\b(?:started|created|launched|signing|sign) (?:a|this|the|our) (?:open )?(?:petition\
      |letter) to (?P<told>\S.*?),? (?:which|that) (?:says|reads|states)(?: simply)?:?
    """
)
# `Tell the Commission:`, but only above a quotation: without one it is how headlines begin.
TELLS = any_of(
    r"""
    (?:please )?(?:tell|urge|ask|call on|join us in telling|send this message to)\
      (?P<tells>[^:\"“„«]{3,120}):
    """
)
# `To all heads of state:`, above a quotation as well.
TO = any_of(r"(?:to|an|an die|[aà]|al|para|aan) (?P<to>[^:\"“„«]{3,150}):")
# The same without a target.
BARE_LEAD_IN = any_of(
    r"""
    (?:(?:the|this|our) )?(?:petition|letter|message|statement)(?: text)? (?:reads|says|states):?
    (?:here(?:'|’)s|here is|this is) (?:what the petition says|the (?:full )?(?:petition|letter\
      |text)[^.]{0,60}):?
    (?:der |unser )?(?:petitionstext|text der petition)(?: lautet)?:?
    (?:el )?texto (?:de|que)[^.:]{0,60}: | (?:le )?texte de la p[eé]tition ?:?
    """
)

LABELS = {
    Part.BRAND: any_of(
        r"""
        organi[sz]ation | author | autor(?:in)? | brand | from
        (?:petition|campaign|started|created|launched) by
        organisation | von | gestartet von | organizaci[oó]n | creada por | de la part de
        """
    ),
    Part.HEADLINE: any_of(
        r"""
        (?:petition )?(?:headline|title) | (?:e-?mail )?subject(?: line)? | betreff | titel
        [üÜ]berschrift | t[ií]tulo | asunto | titre | objet
        """
    ),
    Part.TARGETS: any_of(
        r"""
        to | targets? | addressed to | addressees? | recipients? | (?:the )?decision[- ]makers?
        this petition (?:was|is|will be) delivered to
        petition to | petition richtet sich an | this petition is (?:addressed |directed )?to
        (?:petition )?an
        adressat(?:en|in|innen)? | empf[aä]nger(?:in|innen)? | gerichtet an | para | a
        dirigid[oa] a | destinatari[oa]s? | petici[oó]n a | [àÀ] | destinataires?
        adress[ée]e? [àa] | will be sent to | wird gesendet an | petitioning
        (?:.{2,60} )?(?:started|created|launched|is petitioning|addressed) (?:this|a) petition to
        aan | gericht aan | do | adresat(?:ka|ci)? | al | alla | destinatar[io] | till | ao | à
        """
    ),
    Part.STATEMENT: any_of(
        r"""
        (?:the |our |full )?(?:petition|statement|message)(?: text| statement| wording)?
        text of (?:the |this )?(?:petition|letter) | (?:your|my|the) message
        (?:our |the |my )?demands? | what (?:we(?:'|’)?re|we are) (?:asking|calling) for
        what we (?:want|demand|ask(?: for)?) | we (?:demand|ask|call for) | (?:our|the) call
        tre[śs][ćc] (?:petycji|apelu) | testo (?:della petizione)? | tekst van de petitie
        texto da peti[çc][ãa]o | (?:onze|wij) eisen | le nostre richieste | nos demandes
        petitionstext | (?:unsere )?forderung(?:en)? | (?:das|was wir) fordern(?: wir)?
        wir fordern | appell | texto de la petici[oó]n | (?:nuestra )?petici[oó]n
        (?:lo que )?(?:pedimos|exigimos|queremos) | demandas | texte de la p[ée]tition
        nos (?:demandes|revendications) | nous demandons
        """
    ),
    Part.NOTICE: any_of(
        r"""
        (?:opt-?in )?notice | opt-?in(?: (?:text|wording))? | consent(?: (?:text|wording))?
        (?:small|fine) print | data protection | einwilligung | datenschutz(?:hinweis)? | hinweis
        aviso(?: legal| de privacidad)? | protecci[oó]n de datos | mentions?
        """
    ),
    Part.LEAD_LINE: any_of(
        r"""
        lead(?: line)? | sub-?(?:head(?:line|ing)?|title) | untertitel | subt[ií]tulo
        """
    ),
    Part.LETTER: any_of(
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
        perch[éè] (?:[èe] |questo [èe] )?(?:cos[ìi] )?importante\??
        dlaczego to (?:jest )?wa[żz]ne\??
        waarom is dit (?:zo )?belangrijk\?? | por ?qu[eê] (?:é que )?(?:isto|isso) é importante\??
        """
    ),
    Part.ASK: any_of(
        r"""
        (?:the )?ask
        """
    ),
    Part.CALL_TO_ACTION: any_of(
        r"""
        button(?: (?:text|label))? | cta | call[- ]to[- ]action | schaltfl[aä]che
        """
    ),
    Part.CLOSING: any_of(
        r"""
        closing(?: line)? | sign-?off | schluss(?:wort)? | cierre
        """
    ),
    Part.SOURCE: any_of(
        r"""
        (?:our )?(?:sources?|references|citations|footnotes|endnotes|notes|works cited)
        (?:quellen(?:angaben|verzeichnis)?|belege|fu[sß]{1,2}noten|anmerkungen|einzelnachweise)
        (?:fuentes|referencias|notas|bibliograf[ií]a)(?: y \w+)? | r[ée]f[ée]rences | notes
        fonti | note e fonti | riferimenti | przypisy | [źz]r[óo]d[łl]a | bronnen | noten
        voetnoten | fontes | refer[êe]ncias | k[äa]llor | (?:sources|references) (?:and|&) (?:notes\
          |further reading|citations)
        """
    ),
}
# What stands above links for readers and, in many mails, above the sources.
FURTHER_READING = any_of(
    r"""
    (?:more|further|for more) (?:information|reading|info) | (?:read|learn) more
    find out more | (?:weitere|mehr) informationen | (?:mehr|weiter) (?:lesen|dazu)
    (?:plus|pour en savoir plus|en savoir plus)(?: d(?:'|’)informations?)?
    m[áa]s informaci[óo]n | maggiori informazioni | per saperne di pi[ùu] | meer informatie
    wi[ęe]cej informacji | mais informa[çc][õo]es
    """
)
# A label that a reader understands stays as a heading; one that only sorts is left out.
SORTS_ONLY = any_of(
    r"""
    (?:the )?(?:letter body|body|letter|full text|details|description|descripci[oó]n)
    """
)

CALL_TO_ACTION = any_of(
    r"""
    (?:please |automatically )?(?:sign|add your (?:name|signature|voice))(?: (?:on|up|it|now|here\
      |today|below|the|this|our|petition|letter|statement|open|and|share|your|name|to|with|us))*
    (?:take|join the) action(?: now)? | act now | i(?:'|’)ll sign | yes,? i(?:'|’)ll sign
    count me in | send (?:your|my|a|the) (?:message|letter)(?: now)? | speak out(?: now)?
    join (?:us|the call) | email your mp
    (?:jetzt |petition |hier |online )*(?:unterschreiben|unterzeichnen|mitzeichnen\
      |mitmachen)(?: sie)?(?: jetzt)?(?: (?:den|die|diesen|diese|unseren|unsere) (?:appell\
      |petition|brief|offenen brief|aufruf))?(?: jetzt)?
    (?:firma|firmar|firme|[uú]nete|act[uú]a)(?: (?:ahora|aqu[ií]|ya|la|esta|petici[oó]n))*
    (?:je signe|signez?|signer)(?: (?:la|cette|p[ée]tition|maintenant|ici))*
    (?:firma|firmate|sottoscrivi)(?: (?:ora|la|petizione|subito))* | podpisz(?: (?:petycj[ęe]\
      |apel|teraz))*
    (?:ja )?teken(?: (?:nu|de|deze|petitie|hier))* | assin(?:e|ar)(?: (?:a|agora|peti[çc][ãa]o))*
    skriv under(?: (?:nu|här))*
    """
)

NOTICE = any_of(
    r"""
    \bby (?:signing|submitting|adding your name|taking action|entering|clicking|providing\
      |continuing)\b.{0,300}\b(?:agree|accept|consent|receiv|e-?mail|updates?\b|contact\
      |privacy|terms\b|subscri|sms\b|texts?\b|call you|hear from|opt)
    \b(?:agree|accept|consent|receiv|e-?mails?\b|updates?\b|subscri).{0,160}\bby (?:signing\
      |submitting|adding your name|taking action)\b
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
    \bwould like to (?:keep|send|e-?mail|contact|update|text) you\b
    \bwould you like (?:us )?to (?:also )?(?:hear|receive|get|be (?:kept|informed|contacted)\
      |e-?mail|contact|keep|send|update)
    \b(?:can|may|could) we (?:also )?(?:e-?mail|contact|text|update|keep you|send you)
    \b(?:quiero|deseo) recibir\b | \b(?:souhaite|veux|accepte de) recevoir\b
    \bm[öo]cht(?:en sie|est du)\b.*(?:informier|e-?mail|newsletter|laufenden)
    \b(?:haltet|halten sie|informiert) mich\b
    \bunsubscribe (?:at )?any ?time | \bopt[- ]?out (?:at )?any ?time | \byou can unsubscribe\b
    \bmit (?:meiner|ihrer|deiner) unterschrift\b.{0,200}(?:mail|newsletter|informier|kontakt\
      |daten|zustimm|stimmst?\b|einverstanden|akzeptier)
    \balla? firma\b.{0,200}(?:e-?mail|newsletter|aggiornamenti) | \bfirmando\b.{0,200}(?:e-?mail\
      |accett|ricever|privacy)
    \bpodpisuj[ąa]c\b.{0,200}(?:mail|zgad|wyra[żz]|informac) | \bassinando\b.{0,200}(?:e-?mail\
      |concord|aceit|receb) | \bao assinar\b.{0,200}(?:e-?mail|concord|aceit|receb)
    \bdoor te (?:tekenen|ondertekenen)\b.{0,200}(?:mail|akkoord|ontvang)
    \bich (?:m[öo]chte|willige|stimme)\b.*(?:mail|newsletter|informier|daten|kontakt)
    (?:per e-?mail|newsletter).*(?:informier|auf dem laufenden|erhalten|abbestell|widerruf)
    (?:halten|informieren) (?:sie|dich|euch).*(?:per e-?mail|auf dem laufenden)
    \bal firmar\b.{0,200}(?:correo|e-?mail|acept|recib|privacidad|novedades|datos)
    \brecibir[áa]s?\b.*(?:correo|noticias|novedades|actualizaciones|e-?mail)
    \bdarte de baja\b | \bpuedes? cancelar\b | \bacept(?:o|as) recibir\b
    \ben (?:cliquant|cochant|validant)\b.{0,200}(?:mail|courriel|accept|recev)
    \bmit (?:ihrer|deiner|meiner) teilnahme\b.{0,200}(?:mail|newsletter|informier|kontakt)
    \ben signant\b.{0,200}(?:mail|courriel|accept|recev|confidentialit|donn[ée]es|inform)
    \bvous recevrez\b | \bvous (?:pouvez|pourrez) vous d[ée]sinscrire\b
    """
)
# Enough right under the statement, where a notice stands.
LOOSE_NOTICE = re.compile(
    r"\b(?:updates?|e-?mails?|newsletters?|receive|(?:un)?subscribe|privacy|datenschutz"
    r"|privacidad)\b",
    re.IGNORECASE,
)

GREETING = any_of(
    r"""
    (?:your|his|her) (?:excellency|majesty|highness|honou?r|eminence)\b[^.?!]{0,80}[,:!–-]?
    (?:to whom it may concern|eure exzellenz|excelencia|excellence)[,:!]?
    (?:dear|hi|hello|hey|honou?rable|caro|cara|gentile|drodzy|szanown\w+|beste|geachte|hej\
      |liebe[rs]?|sehr geehrte[rs]?|hallo|guten tag|querid[oa]s?|se[ñn]or(?:a|as|es)?\
      |estimad[oa]s?|hola|cher|ch[èe]re|chers|bonjour|madame|monsieur)\b[^.?!]{0,120}[,:!–-]?
    """
)
# To whom one writes with a title, and not to one's own supporters.
FORMAL = re.compile(
    r"\b(?:administrator|legislator\w*|representative\w*|superintendent|chancellor|treasurer|premier"
    r"|bundeskanzler\w*|bürgermeister\w*|oberbürgermeister\w*|chief|sheriff|trustees?|regents?"
    r"|sirs?|madam|mr|mrs|ms|dr|prof|minister\w*|president\w*|senator\w*|governor"
    r"|secretary|mayor|commissioner|chair\w*"
    r"|ceo|director|members? of (?:parliament|congress|the)|council\w*|judge|attorney"
    r"|excellency|ambassador|prime"
    r"|herr|frau|damen und herren|señor\w*|sr|sra|presidente|ministr[oa]|alcalde\w*|monsieur"
    r"|madame)\b",
    re.IGNORECASE,
)
SIGN_OFF = any_of(
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
THANKS = any_of(
    r"""
    \W{0,2}(?:thanks?|thank you|many thanks|danke|vielen dank|herzlichen dank|gracias\
      |muchas gracias|merci|onward|together,|grazie|dzi[ęe]kuj\w+|bedankt|dank je|obrigad[oa]\
      |tack)\b.{0,180}
    (?:until|for|toward|yours in|con|mit|avec) [a-z][^,.?!:]{2,40},
    [–—-]{1,2} ?[A-ZÄÖÜ].{3,160}\b(?:team|staff)\b.{0,60}
    (?:in|with) (?:solidarity|hope|gratitude|determination|hope and \w+)[,.!]?
    """
)
# A sentence that asks somebody to do something: what people would sign.
PLEA = re.compile(
    r"\b(?:we,? the undersigned|undersigned|(?:we|i)(?:,? [^,.]{1,60},)? (?:hereby |strongly "
    r"|therefore |respectfully |also )*"
    r"(?:call (?:up)?on|urge|demand|ask|petition|request|implore|appeal to|want|would like)\b"
    r"|please sign (?:so that|to (?:ask|urge|tell|demand))\b"
    r"|(?:die )?unterzeichne(?:nden|rinnen|r)|(?:wir|ich) (?:fordern?|bitten?|verlangen?"
    r"|appellieren?)\b|(?:fordern|bitten|verlangen|appellieren) wir\b"
    r"|abajo firmantes|(?:exigimos|pedimos|solicitamos|instamos|reclamamos|exijo|pido|solicito)\b"
    r"|soussign[ée]e?s|(?:nous|je) (?:demand|exig|appel)\w+"
    r"|chiediamo|esigiamo|apelujemy|[żz][ąa]damy|domagamy|wij (?:eisen|vragen|roepen)"
    r"|exigimos|apelamos)",
    re.IGNORECASE,
)
# What readers are asked to do, be it `Sign the petition` or `Click here to sign: No new roads`.
ASKS_TO_SIGN = re.compile(
    r"\b(?:(?:please|(?:click|tap) (?:here )?to|(?:will|would|can|could) you(?: please)?)"
    r" sign\b(?! (?:in|up|out|off|for)\b)|bitte (?:\w{1,20} ){0,3}unter(?:schreib|zeichn)\w+"
    r"|por favor,? firm(?:a|e|ad|en)\b|(?:merci de|veuillez) signer|firma(?:te)?,? per favore)",
    re.IGNORECASE,
)
# So begins what was written to be signed.
UNDERSIGNED = re.compile(
    r"\W*(?:we|i|wir|nosotros|nosotras|nous)?,? ?(?:the |die |los |las )?"
    r"(?:undersigned|unterzeichne(?:nden|r)|abajo firmantes|soussign[ée]e?s)\b",
    re.IGNORECASE,
)
# So ends a letter for whom others will sign it: nobody is named yet.
UNNAMED_SIGNERS = re.compile(
    r"(?:(?:the|die|los|las|les) )?(?:undersigned|unterzeichne(?:nden|r)|abajo firmantes"
    r"|soussign[ée]e?s)\W*",
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
# The first word of a letter that asks without saying so.
ORDERS = re.compile(
    r"(?:please\b|bitte\b|stop\b|end\b|protect\b|reject\b|pass\b|support\b|release\b"
    r"|\w+en sie\b|por favor\b|veuillez\b|merci de\b)",
    re.IGNORECASE,
)
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
    r"|stop|sauvons|non [àa]|arr[êe]tez|fermez|salviamo|basta|fermate|fermiamo|ratujmy|zatrzymajcie"
    r"|red de|sluit|salvem|parem)\b)",
    re.IGNORECASE,
)
PETITION = re.compile(
    r"\b(?:petitions?|petitioners?|undersigned|sign (?:the|this|our|now)|add your name"
    r"|signatures?|petici[óo]n\w*|firma(?:s|r|ntes)?"
    r"|unterschr\w+|unterzeich\w+|p[ée]tition\w*|sign(?:ez|ataires)"
    r"|petizion\w+|petycj\w+|podpisz\w*|petitie\w*|peti[çc][ãa]o|assin(?:e|ar|aturas))\b",
    re.IGNORECASE,
)
