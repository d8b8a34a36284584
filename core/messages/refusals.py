"""Whether a text reads like an opt-out without being its word: for a person to decide, while nothing automatic is sent.

Rather too often than too seldom: a false alarm costs a look, a missed one a text that must not be sent.
Source: 47 CFR 64.1200(a)(10): any means that a reasonable person would understand as a wish to revoke consent.
"""

import re

from core.messages.spelling import Mender

_WRITE = r"(?:text|txt|messag|contact|writ|e ?mail|call|bother|harass|spam|pester|annoy)(?:e|es|ed|ing|ting)?"
_TEXTS = r"(?:texts?|messages?|msgs?|texting|messaging|emails?|spam|subscription|alerts?|service|notifications?)"
_PEOPLE = r"(?:me|us|him|her|my|our|this|that)"
_NOT = r"(?:dont|do not|never|didnt|did not)"
_KIND = r"(?:please|pls|plz|just|ok|okay|no|hey|hi|sir|now|thanks|thank you|already|immediately|asap|bro|man)"
_ELSEWHERE = (
    r"(?! (?:by|in|at|over|on|off at|for|and (?:see|get|pick|talk)|the (?:car|bleeding|pain)|smok\w*|think\w*)\b)"
)

_STOP = (
    rf"^(?:{_KIND} )*stop(?: (?:it|this|that|these|those|everything|all|i|im|not|{_KIND}))*$",
    rf"^(?:{_KIND} )*stop{_ELSEWHERE} \w+(?: \w+)?$",
    r"^stop (?:i|im|we|not|no|you|it|this|that|these)\b",
    rf"\b(?:please|pls|plz) (?:just )?stop\b{_ELSEWHERE}",
    r"(?<!dont )(?<!not )(?<!never )(?<!cant )(?<!wont )\b(?:stop|quit|cease|discontinue|no more|enough|end|avoid)"
    rf" (?:\w+ ){{0,3}}?(?:{_WRITE}|sending|reaching|hitting|blowing|{_TEXTS})\b",
    r"\b(?:said|told|asked|want|need|have|has|had|got|gotta|will|would|can|could|make|do i(?: make)?)"
    rf" (?:you|this|these|it|them|i)(?: all| guys)?(?: to| please| just)* stop\b{_ELSEWHERE}",
    rf"\b(?:i said|do i|how to|to make (?:it|this|these)) stop\b{_ELSEWHERE}(?! (?:my|the) )",
    rf"\b(?:you|this|these|it) (?:need|needs|have|has|got|must|better|should)(?: to)? stop\b{_ELSEWHERE}",
    r"^(?:cease|desist|discontinue|no more|enough|enough already|go away|get lost|end this|quit it)(?: now| please)?$",
    r"\b(?:cease and desist|cease all|(?:buzz|bug|f|fuck|piss|back) off|fuck you|lose (?:my|this|the) number)\b",
    rf"\btoo many (?:of )?(?:these |your )?{_TEXTS}|\bleave (?:me|us|her|him|them|my \w+) (?:alone|be)\b"
    r"|^forget my number",
)
_NEVER = (
    rf"(?<!or )(?<!but )\b{_NOT} (?:you )?(?:ever |even |try to )?(?:{_WRITE})(?: or {_WRITE})?"
    rf"(?: {_PEOPLE}\b| again| any ?more| ever| messages?| list|$)",
    rf"\b{_NOT} (?:ever )?send (?:me |us )?(?:any|more|texts?|messages?|anything|stuff|these|this|your|nothing)",
    rf"\b(?:{_NOT}|no longer) (?:really )?(?:want|wish|need|like|care|consent|agree)(?: to)?"
    r" (?:(?:get|receive|be|hear|see|any|more|your|these|this|those|to|getting|receiving|from) ?)*"
    rf"(?:{_TEXTS}|contact\w*|texted|messaged|bothered|called|this|it|these|hear from you|more(?! \w))\b",
    r"\b(?:rather|prefer|wish)(?: to)? not(?: to)? (?:be|get|receive|have)\b",
    r"\b(?:revoke|withdraw|withdrew|revoked) (?:my |any |all )?(?:consent|permission)",
    rf"\b(?:{_NOT}|never) (?:\w+ )?(?:have |gave |give )?(?:you )?(?:my )?(?:permission|consent)\b",
    r"\b(?:never|didnt|did not) (?:sign(?:ed)? up|subscribed?|asked? for|agreed?|consent(?:ed)?|opt(?:ed)? in"
    r"|requested?)",
    r"\b(?:not|no longer|aint|never) (?:\w+ )?interested(?! in\b)|^uninterested",
)
_LISTS = (
    r"^(?:please |pls |plz )?(?:remove|unsub\w*|dnc|spam|blocked)(?: please| pls| me| now| thanks)?$",
    r"\b(?:take|remove|delete|drop|erase|scrub|scratch|pull|strike) (?:me|us|my (?:name|number|phone|info\w*|contact)"
    r"|this (?:number|phone)|the number)\b(?! (?:through|to|a|an|some|the quote|that|your)\b)|\bget (?:me|us) off\b",
    r"\b(?:do not|dont|no) (?:call|contact|text) (?:list|registry)|\bdnc\b"
    r"|\boff (?:of )?(?:this|your|the|all) (?:\w+ )?list\b(?! price)",
    r"\bopt me out|\b(?:want|like|need|wish|please|how (?:do|can|to)(?: i)?) (?:to )?opt out\b|^opting out",
    r"\b(?:please|to|i|me|how) (?:un ?subscribe|unsub)\b|^un ?sub(?!scribed )\w* |^un ?subscribe\b",
    rf"\b(?:cancel|end|discontinue|terminate|halt) (?:my |these |this |all |your |the |any )?{_TEXTS}\b",
    r"\b(?:is|as|its|report\w*|more|damn|fucking) (?:a |some |this )?spam\b|\bharass(?:ing|ment|ed|es)\b",
    r"\b(?:report|reporting|reported) (?:you|this|it|your)\b|\b(?:ill|will|to|am|im|been|be|are|and) block\w*\b|^block",
)
_WRONG = (
    r"\bwrong (?:number|person|guy|girl|man|woman|phone|one|contact|cell)\b|^(?:sorry )?wrong$",
    r"\b(?:this|that|it) ?(?:is|s)? (?:not|isnt|is no longer|aint) (?:me|my|his|her|their|the person"
    r"|\w+s? (?:number|phone|cell))\b",
    r"\b(?:thats|its|this is|im|not) not (?:me|him|her|the person|\w+)$"
    r"|^(?:im )?not (?:my name|me|him|her|the person|the one)\b",
    r"\bthis (?:isnt|is not|aint) \w+$|\bno longer (?:his|her|their|my|\w+s) (?:number|phone)",
    r"\b(?:no one|nobody|no body|noone) (?:here|by|with|named|called)\b"
    r"|\b(?:dont|do not) know (?:any|who that|a|anyone)\b",
    r"\b(?:passed away|deceased|died|is dead)\b",
)
_SPANISH = (
    r"^(?:por favor )?(?:alto|basta|pare|paren|parar|detener|detengase|detenganse|baja|cancelar|arret|arretez|salir)"
    r"(?: ya| por favor| gracias| suscripcion)*$",
    r"\b(?:no mas|nada de|basta de|sin mas)(?! (?:de|una?|que|quer\w+|quier\w+|estoy|tarde)\b)(?: \w+)*$",
    r"\b(?:no|ya no|nunca) (?:me |nos |le |les )(?:vuelva\w* a )?(?:mand|escri[bv]|envi|text|contact|llam"
    r"|molest|interesa|marqu)",
    r"\b(?:no|ya no) (?:estoy|estamos) interesad|\bno molest",
    r"\b(?:no|ya no) (?:quiero|deseo|queremos|deseamos|autorizo|acepto)(?: \w+){0,3} (?:mensaj|text|que|mas"
    r"|nada|contact|recib)",
    r"\b(?:no|ya no) (?:quiero|deseo|queremos) (?:mas|recib|mensaj|textos|que)",
    r"\b(?:deje|dejen|deja|dejar|pare|paren|para|cesen?) (?:ya )?(?:de|los|las|con) (?:\w+ )?"
    r"(?:mand|escrib|envi|text|llam|molest|contact|mensaj|recib|fastid)",
    r"\bdej(?:e|en|a)(?:me|nos) (?:en paz|tranquil)|\b(?:dar|darme|deme|denme|darnos|de) (?:me )?(?:de )?baja\b",
    r"\bcancel(?:e|en|a|ar) (?:mi |la |los |las |esta |estos )?(?:suscripcion|mensajes?|textos?|servicio)",
    r"\b(?:quit|elimin|borr|sa[cq]u?|remuev)\w* (?:mi|este|el|de (?:la|su|tu|esta)) (?:numero|nombre|telefono"
    r"|lista|contacto)",
    r"\b(?:quite|saque|saca|elimine|borre|remueva)(?:n)?(?:me|nos)\b|\bdes(?:us|in)crib|\bfuera de (?:la|su|tu) lista",
    r"\b(?:numero|persona|telefono) (?:equivocad|incorrect)|\b(?:se )?equivoc(?:o|ado|ada|aron)\b"
    r"|\bno (?:soy|es) (?:el|la|esa|mi) ",
    r"\bno vive (?:ningun|nadie|aqui)|\bno conozco a\b|\bfallecio\b|\bfallecid",
)

_ALL = re.compile("|".join(f"(?:{each})" for each in (*_STOP, *_NEVER, *_LISTS, *_WRONG, *_SPANISH)))
_SIGNS = re.compile("[\U0001f6d1\U0001f6ab\u26d4\u270b\U0001f590\U0001f595]")

_REAL = """
    along also alta aunt auto aways bajo bala black blocks bock calls calm can canceled car case cold contacts contract
    crease dame dan day deaf deal dear dejo del dele did die dies diet dime done dread drip ease estas esto every
    for game given gust guy hall heart her hers him interest las last lease leaved leaves lest lift line listas
    listo live los lot love made main mall man may meet men mensaje mind mire mist moore most move nado names
    numbers one paga pagar paid pares paro part parte pasar pere personal persons phones pleased quick quien quiere
    quiet quilt quito quotes removed reports resort sam same sand sham sent services she ship shop shot sin slop snap
    snop spending spot step stops taken takes tale tall tent test tests than the then there they thing thus
    trust two unsubscribed viva vivo wait wart was wash watt well went who world wring you yours"""
"""Words that are meant as they stand, however near they lie to one of a refusal."""


def is_refusal(said: str) -> bool:
    """Whether the plain text of a message (`spelling.plain`) sounds like an opt-out."""
    return _ALL.search(said) is not None


def is_sign(body: str) -> bool:
    """Whether the text is nothing but signs, and one of them says stop."""
    return not any(c.isalnum() for c in body) and _SIGNS.search(body) is not None


_FULL = """stopall quit cancel revoke unsubscribe optout message messages messaging texted texting writing contacted
contacting contact bothering bother harass harassing harassment spamming emailing calling call blocking interested
remove delete number phone person moleste molesten escriba escriban escribirme contacte textee envie envien
manden mande mandarme interesa interesada interesado quiero deseo suscripcion cancelar cancele cancelen desuscribir
desuscribirme numero equivocado equivocada quiteme quitenme quiten elimine eliminen borre saqueme sacame persona
dejenme dejeme lista textos mensajes name signed contacto detengase"""
_KNOWN = {*re.findall("[a-z]{4,}", re.sub(r"\\[bws]", " ", _ALL.pattern)), *_FULL.split(), "stop"} - {"cant", "wont"}

mend = Mender(_KNOWN, _REAL.split()).mend
"""The plain text without slips of the finger in the words of refusals."""
