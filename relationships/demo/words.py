"""The words of which names of demo companies and people are made, for several languages and scripts.

A word is followed by its Latin spelling, where leaving out accents does not give it: `青:ao`. Names made of
these words belong to nobody we know of; the first ones are the fictitious companies that Microsoft uses.
"""

from __future__ import annotations

from typing import NamedTuple

from partnercenter.folding import fold


class Word(NamedTuple):
    """A word as it is written, and how a domain name spells it."""

    text: str
    latin: str


class Lexicon(NamedTuple):
    """Words of one language. A company is a `first` and a `second` word, a trade and a legal form."""

    language: str
    pattern: str
    firsts: tuple[Word, ...]
    seconds: tuple[Word, ...]
    trades: tuple[str, ...]
    forms: tuple[str, ...]
    given: tuple[Word, ...]
    family: tuple[Word, ...]


def _words(text: str) -> tuple[Word, ...]:
    pairs = (word.partition(":") for word in text.split())
    return tuple(Word(written, latin or fold(written)) for written, _, latin in pairs)


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split("|"))


FICTITIOUS = _phrases(
    "Litware | Tailspin Toys | Adventure Works | Alpine Ski House | Baldwin Museum of Science | Bellows College | "
    "City Power & Light | Coho Vineyard | Coho Winery | Consolidated Messenger | Contoso Pharmaceuticals | "
    "Contoso Suites | Fabrikam Fiber | Fabrikam Residences | First Up Consultants | Fourth Coffee | "
    "Graphic Design Institute | Humongous Insurance | Lamna Healthcare | Lucerne Publishing | Margie's Travel | "
    "Munson's Pickles and Preserves | Nod Publishers | Northwind Traders | Proseware | Relecloud | "
    "School of Fine Art | Southridge Video | Tailwind Traders | The Phone Company | Trey Research | VanArsdel | "
    "Wide World Importers | Wingtip Toys | Woodgrove Bank"
)

ENGLISH = Lexicon(
    "en",
    "{first} {second} {trade} {form}",
    _words(
        "Amber Autumn Birch Brook Cedar Cinder Clear Cobalt Copper Coral Crescent Dawn Dusk Elder Ember Emerald Fern "
        "Flint Frost Gilded Glacier Golden Granite Hazel Heather Hollow Indigo Ivory Jasper Juniper Lantern Laurel "
        "Lunar Maple Marble Meadow Mellow Misty Mossy Nimble Oaken Ochre Opal Pebble Pine Quiet Raven Rowan "
        "Ruby Russet Sable Saffron Scarlet Slate Sparrow Spruce Starlit Steady Sunny Swift Tawny Teal Thistle "
        "Timber Topaz Umber Velvet Verdant Violet Walnut Willow Winter Woven Zephyr"
    ),
    _words(
        "Anchor Arbor Arch Bay Beacon Bluff Bridge Canyon Cape Castle Cliff Cloud Compass Cove Creek Crest Crossing "
        "Crown Dale Delta Dune Falls Feather Field Fjord Forge Garden Gate Glen Grove Harbor Haven Hearth Hill "
        "Island Junction Kettle Key Kite Ladder Lagoon Lake Lamp Landing Ledge Light Loom Mesa Mill Mirror Moor "
        "Orchard Otter Owl Path Peak Pier Plaza Pond Porch Prairie Quarry Quay Ranch Reef Ridge River Rock Sail "
        "Shore Spring Square Stone Stream Summit Terrace Tower Trail Valley Vista Wharf Wheel Wind Wood Yard"
    ),
    _phrases(
        "Software | Logistics | Foods | Dental Group | Engineering | Consulting | Interiors | Travel | Books | "
        "Robotics | Insurance Brokers | Medical Supply | Music School | Print Works | Plumbing | Analytics | "
        "Textiles | Bicycles | Bakery | Research"
    ),
    _phrases("| Inc. | LLC | Corporation | Ltd."),
    _words(
        "Alice Andre Carla Daniel Elena Frank Grace Henry Irene Jamal Karen Liam Maya Noah Olivia Priya Quinn Rosa "
        "Samuel Tara Victor Wendy"
    ),
    _words(
        "Adams Brooks Carter Diaz Evans Foster Garcia Hughes Irwin Jones Kelly Lopez Morgan Nelson Owens Parker "
        "Reed Shaw Turner Vance Walker Young"
    ),
)

GERMAN = Lexicon(
    "de",
    "{first}{second} {trade} {form}",
    _words(
        "Ahorn Apfel Birken Brücken:bruecken Buchen Eichen Erlen Föhren:foehren Grün:gruen Hasel Holunder "
        "Kirsch Kräuter:kraeuter Linden Möwen:moewen Mühlen:muehlen Nebel Rosen Schwalben Silber Tannen Ulmen Weiden"
    ),
    _words(
        "bach blick brunnen eck feld garten grund hain hof höhe:hoehe kamm moor platz quell see steg teich tor turm "
        "ufer wiese"
    ),
    _phrases(
        "Werkzeugbau | Logistik | Gartenbau | Gebäudetechnik | Büromöbel | Kältetechnik | Prüfgeräte | Hörakustik | "
        "Bäckerei | Übersetzungen | Verlag | Elektrotechnik | Ingenieurbüro"
    ),
    _phrases("GmbH | AG | GmbH & Co. KG | KG"),
    _words("Anja Björn:bjoern Carola Dirk Elke Götz:goetz Heike Jörg:joerg Käthe:kaethe Lutz Nele Uwe"),
    _words("Bäcker:baecker Dörr:doerr Fuchs Größing:groessing Hahn Köhler:koehler Lange Müller:mueller Vogt Weiß"),
)

FRENCH = Lexicon(
    "fr",
    "{trade} {first} {second} {form}",
    _words(
        "Bruyère Châtaigne Clairière Colline Crête Étoile Falaise Fontaine Forêt Fougère Hirondelle Île Lanterne "
        "Lumière Marée Pépite Rivière Rosée Source Vallée"
    ),
    _words(
        "Argentée Bleutée Boisée Cachée Dorée Éclairée Élevée Enchantée Étoilée Fleurie Gelée Légère Nacrée "
        "Ombragée Pavée Perchée Salée Sucrée"
    ),
    _phrases("Ateliers | Éditions | Librairie | Menuiserie | Pépinière | Imprimerie | Horlogerie | Clinique | École"),
    _phrases("| SARL | SA"),
    _words("Amélie Benoît Chloé Éric François Hélène Jérôme Léa Noël Zoé"),
    _words("Bélanger Côté Durand Fèvre Gagné Lefèvre Moreau Pêcheur Rivière Séguin"),
)

SPANISH = Lexicon(
    "es",
    "{trade} {first} {second} {form}",
    _words("Bóveda Brújula Cañada Cúpula Estación Góndola Luciérnaga Mañana Montaña Orquídea Península Peña Viña"),
    _words("Cálida Clásica Dorada Espléndida Ibérica Lírica Mágica Pacífica Próspera Rápida Rústica Sólida Única"),
    _phrases("Panadería | Librería | Compañía | Tecnología | Diseños | Ingeniería | Cerámica | Clínica | Asesoría"),
    _phrases("| S.A. de C.V. | S. de R.L."),
    _words("Adrián Begoña Concepción Iñigo Jesús Lucía Marí Óscar Raúl Sofía"),
    _words("Álvarez Gómez Hernández Ibáñez López Muñoz Núñez Peña Rodríguez Suárez"),
)

POLISH = Lexicon(
    "pl",
    "{first} {second} {trade} {form}",
    _words("Błękitna Dębowa Górska Leśna Mglista Różana Słoneczna Śnieżna Świetlna Zielona Złota Żółta"),
    _words("Brzoza Dolina Gwiazda Jaskółka Łąka Łódka Przystań Róża Ścieżka Wieża"),
    _phrases("Meble | Logistyka | Księgarnia | Usługi | Żegluga | Oświetlenie | Piekarnia"),
    _phrases("Sp. z o.o. | S.A."),
    _words("Agnieszka Błażej Łucja Małgorzata Michał Paweł Rafał Zośka"),
    _words("Dąbek Gałązka Kłos Łoś Stępień Wróbel Zając Żak"),
)

CHINESE = Lexicon(
    "zh",
    "{first}{second}{trade}{form}",
    _words(
        "晨:chen 云:yun 海:hai 青:qing 星:xing 远:yuan 明:ming 和:he 瑞:rui 嘉:jia 博:bo 锦:jin 春:chun 松:song "
        "竹:zhu 梅:mei 玉:yu 新:xin 安:an 泰:tai"
    ),
    _words("帆:fan 岭:ling 泽:ze 桥:qiao 舟:zhou 川:chuan 峰:feng 石:shi 禾:he 辰:chen 谷:gu 庭:ting 塔:ta 渡:du"),
    _phrases(
        "软件 | 物流 | 食品 | 医疗器械 | 教育咨询 | 贸易 | 机械 | 电子 | 文化传播 | "
        "环保科技 | 旅行社 | 印刷 | 茶业 | 纺织"
    ),
    _phrases("有限公司 | 股份有限公司 | 集团 | 有限责任公司"),
    _words("晓明:xiaoming 丽华:lihua 建国:jianguo 芳:fang 志强:zhiqiang 雪:xue 思远:siyuan 佳:jia"),
    _words("王:wang 李:li 张:zhang 刘:liu 陈:chen 杨:yang 赵:zhao 周:zhou 吴:wu"),
)

JAPANESE = Lexicon(
    "ja",
    "{form}{first}{second}{trade}",
    _words(
        "青:ao 白:shiro 緑:midori 朝:asa 春:haru 秋:aki 冬:fuyu 雪:yuki 月:tsuki 星:hoshi 花:hana 桜:sakura 銀:gin "
        "虹:niji 夕:yu 霧:kiri 霞:kasumi 夏:natsu"
    ),
    _words(
        "空:zora 波:nami 風:kaze 橋:hashi 丘:oka 浜:hama 谷:dani 岬:misaki 庭:niwa 泉:izumi 鈴:suzu 舟:fune 道:michi"
    ),
    _phrases(
        "製作所 | 商事 | 工業 | 食品 | 印刷 | 電機 | 運輸 | 書店 | 情報システム | 設計事務所 | 農園 | 旅行 | 醸造"
    ),
    _phrases("株式会社 | 有限会社 | 合同会社"),
    _words("健太:kenta 美咲:misaki 翔:sho 陽子:yoko 大輔:daisuke 葵:aoi 直樹:naoki 恵:megumi"),
    _words("佐藤:sato 鈴木:suzuki 高橋:takahashi 田中:tanaka 渡辺:watanabe 伊藤:ito 山本:yamamoto 中村:nakamura"),
)

KOREAN = Lexicon(
    "ko",
    "{form} {first}{second} {trade}",
    _words(
        "푸른:pureun 맑은:malgeun 밝은:balgeun 고운:goun 하얀:hayan 새로운:saeroun 빛나는:bitnaneun "
        "조용한:joyonghan 작은:jageun 높은:nopeun 넓은:neolbeun"
    ),
    _words(
        "바다:bada 하늘:haneul 나무:namu 구름:gureum 강:gang 별:byeol 언덕:eondeok 다리:dari 바람:baram "
        "마을:maeul 들판:deulpan 등대:deungdae"
    ),
    _phrases("소프트웨어 | 물류 | 식품 | 건설 | 교육 | 디자인 | 의료기 | 출판 | 여행 | 전자"),
    _phrases("주식회사 | 유한회사"),
    _words("민준:minjun 서연:seoyeon 지훈:jihun 하은:haeun 도윤:doyun 수빈:subin 예진:yejin"),
    _words("김:kim 이:lee 박:park 최:choi 정:jung 강:kang 윤:yoon"),
)

RUSSIAN = Lexicon(
    "ru",
    "{form} «{first} {second} {trade}»",
    _words(
        "Северная:severnaya Светлая:svetlaya Зелёная:zelenaya Тихая:tikhaya Лесная:lesnaya Звёздная:zvezdnaya "
        "Речная:rechnaya Морская:morskaya Снежная:snezhnaya Весенняя:vesennyaya Яркая:yarkaya"
    ),
    _words(
        "Волна:volna Роща:roshcha Долина:dolina Гавань:gavan Пристань:pristan Берёза:bereza Лодка:lodka "
        "Мельница:melnitsa Поляна:polyana Крепость:krepost"
    ),
    _phrases("Логистика | Мебель | Книги | Сервис | Проект | Медицина | Аналитика | Туризм | Печать"),
    _phrases("ООО | АО | ЗАО"),
    _words("Алёна:alena Борис:boris Виктория:viktoria Игорь:igor Наталья:natalya Семён:semen Юлия:yulia"),
    _words("Воробей:vorobey Журавль:zhuravl Ковальчук:kovalchuk Мороз:moroz Соловей:solovey Шевчук:shevchuk"),
)

ARABIC = Lexicon(
    "ar",
    "شركة {first} {second} {trade} {form}",
    _words(
        "النور:alnour الأفق:alofuq القمر:alqamar الجسر:aljisr الفجر:alfajr الطريق:altariq البستان:albustan "
        "الميناء:almina النسيم:alnasim الشراع:alshira"
    ),
    _words(
        "الذهبي:aldhahabi الأخضر:alakhdar الجديد:aljadid الهادئ:alhadi المضيء:almudi الكبير:alkabir العالي:alali "
        "الشرقي:alsharqi الأزرق:alazraq"
    ),
    _phrases("للبرمجيات | للنقل | للأغذية | للتجارة | للمقاولات | للسياحة | للطباعة | للأثاث | للتعليم"),
    _phrases("| ذ.م.م | ش.م.م"),
    _words("أحمد:ahmad فاطمة:fatima خالد:khalid ليلى:layla يوسف:yousef مريم:maryam سعيد:saeed"),
    _words("النجار:alnajjar الحداد:alhaddad الخطيب:alkhatib الصباغ:alsabbagh العطار:alattar القاضي:alqadi"),
)
