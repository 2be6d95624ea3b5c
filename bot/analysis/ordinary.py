"""Words that companies and products are called by as well, and how to tell that the word is meant. Pure."""

from collections.abc import Sequence
from typing import Final, Protocol

from bot.analysis.forms import is_form
from bot.stems import stems

# In the form that stands in a dictionary; a bridge's name that is not among them is taken to be only a name.
_WORDS: Final = """
acorn alliance alpha amber anchor apex apple arc arrow aspect atlas aurora avalanche beacon bee birch blend
bloom bolt bridge breeze bright bronze canvas cascade castle chime circle citadel clay clover cloud coral
courier crest crown current dash dawn delta dock docket dolphin dragon drift eagle echo eclipse edge element
ember engine envoy falcon feather field fire flash fleet flow focus forge forest fortress fountain fox frame
frontier fusion galaxy garden gate gem giant glacier globe grain grid grove guardian hammer harbor harbour
harmony harvest haven hawk hive horizon hub impact insight iris island ivy jet kestrel key kite lake lantern
launch leaf ledger legacy lever light lighthouse link lion loop lotus lumen lynx magnet maple mark market
mercury mesh meteor mint mirror monarch moon mosaic motion mountain nest network noble north nova oak oasis
ocean olive onyx orbit orchard origin osprey owl palm panda panther path pearl pebble phoenix pillar pilot
pine pioneer pixel planet plate plum pocket point polar port prime prism pulse pyramid quartz quest radar
radius rain ranger raven reach reef relay ridge ripple river robin rocket root rose ruby sage sail scope
scout seed shell shield shift signal silver sky slate slice source spark sphere spike spring sprint square
stack star steam stone storm stream stripe summit sun sunrise sunset surge swan swift switch target tempo
tiger titan toast torch tower track trail trident triton turbo union unity vault vector venture verde verge
victory vista vortex wave west whale wheel willow wind window wing wolf zebra zenith zephyr авангард аврора
айсберг аккорд аккумулятор алмаз альянс альфа амур ангел апельсин арка арсенал атлант атлас аура база барс
белка берег береза беркут билет бирюза бриз буран вега вектор версия вершина весна ветер визит виктория
витязь вкус волна восток восход высота галактика гамма гарант гармония гвоздика гейзер гигант гнездо
горизонт гранат грань град гранит дельта диалог динамо добрыня дуб дубрава единство заря звезда зенит зебра
зеркало импульс интеграл искра исток каскад кедр клен ключ ковчег комета компас контакт контур корона корвет
космос краски кристалл круг курьер лад лазурь лебедь лента лес лидер лилия линия лотос луч магнит магистраль
маяк мегаполис медведь меридиан метелица мир молния монолит мост неон нива нота облако огонек океан олимп
опора орбита орбит орел ореол орион остров очаг парус партнер пегас перекресток перспектива пилот пирамида
пламя планета победа подсолнух полет полюс поток прибой призма причал прогресс пульс пчела радуга развитие
рассвет ракета релей родник роза ромашка росток рубин русь рысь сапфир саммит свет север сигнал сирень скала
слово собор согласие сокол солнце соната союз спектр спутник старт стимул стрела стрелец стрим сфера темп
титан топаз траст тройка уголок улей успех фабрика факел феникс финиш флагман форвард форум формула фортуна
фрегат хорс центр цитрус чайка шаг шанс эверест эдельвейс эксперт элемент энергия эра эталон эхо юг юпитер
якорь ясень
"""
_ORDINARY: Final = frozenset(_WORDS.split())
# What stands near the word where it is meant as such, for those that are often spoken of.
_NEAR: Final[dict[str, str]] = {
    "aurora": "borealis northern lights sky visible",
    "beacon": "light hope signal lighthouse",
    "atlas": "road map dealers wall geography book mountains style",
    "breeze": "easy cool sea sea-breeze light summer blew shoot",
    "courier": "package parcel dhl fedex ups delivered picked letter post sent",
    "forge": "ahead iron blacksmith signature partnership relationship",
    "harvest": "time season crop crops grain farmers wheat grape summer bad good year",
    "kestrel": "bird motorway flying nest sky beautiful",
    "ledger": "general accounting entries paper book distributed",
    "orbit": "satellite earth space moon around into",
    "pulse": "finger market heart check rate taking keep",
    "docket": "court judge case delivery paper",
    "relay": "race board control burnt message information please fuse switch",
    "summit": "g7 g20 mountain annual industry climate attend speaker speakers conference peak leaders held",
    "sunrise": "before until at sunset morning",
    "vista": "windows sea mountain beautiful view",
    "magnet": "fridge strong",
    "аврора": "крейсер полярное сияние",
    "атлас": "дорог автодорог географический карта флажками",
    "бриз": "морской легкий вечерний штиль море ветер",
    "восток": "дальний ближний средний северо юго на запад",
    "зенит": "матч футбол спартак цска гол болеть расчет слил сыграл играет цены солнце стадион арена",
    "контур": "заземления отопления холодный безопасности закрытый внешний внутренний управления",
    "курьер": "привез привезет доставил отправил отправили отправлю забрал документы посылка посылку сдэк "
    "яндекс приехал приедет ждем вызвал отдал",
    "лента": "новостей соцсетях телеграм скотч клейкая красная конвейерная вк читал листал транспортерная",
    "магнит": "холодильник на неодимовый сувенир",
    "маяк": "туман как море тумане ориентир",
    "орбита": "на космос спутник",
    "орбит": "жвачка",
    "пирамида": "финансовая как маслоу сетевая египет продаж хеопса",
    "пульс": "на руку рынка держать руке палец держим щупать мерить",
    "рассвет": "на до с закат утром",
    "релей": "",
    "ромашка": "гадать чай полевая букет цветок",
    "саммит": "брикс большой двадцатки ежегодный отраслевой лидеров",
    "вершина": "на горы",
    "пилот": "запустили запускаем пилотный",
}
_NEAR_STEMS: Final = {word: frozenset(stems(near)) for word, near in _NEAR.items()}
_PREPOSITIONS: Final = frozenset({"на", "в", "до", "с", "как", "at", "into", "befor", "until"})
_ARTICLES: Final = frozenset({"a", "an"})
_REACH: Final = 3  # words to each side


class Word(Protocol):
    """A word of a text."""

    @property
    def word(self) -> str: ...

    @property
    def written(self) -> str: ...


def is_ordinary(word: str) -> bool:
    """Whether a folded name is a word of the language as well."""
    return word in _ORDINARY


def means_the_word(name: str, there: Sequence[Word], at: int, *, capital: bool) -> bool:
    """Whether what stands around says that the word is meant; a capital within a sentence says a name."""
    if not capital and at and there[at - 1].word in _ARTICLES:
        return True
    near = _NEAR_STEMS.get(_dictionary_form(name))
    if near is None:
        return False
    reach = 1 if capital else _REACH
    window = [*there[max(0, at - reach) : at], *there[at + 1 : at + 1 + reach]]
    found = {stem for one in window for stem in stems(one.word)} & near
    # Prepositions tell only directly before the word.
    prepositions = found & _PREPOSITIONS
    return bool(found - prepositions) or bool(not capital and at and there[at - 1].word in prepositions)


def _dictionary_form(name: str) -> str:
    if name in _NEAR_STEMS:
        return name
    return next((word for word in _NEAR_STEMS if is_form(name, word)), name)
