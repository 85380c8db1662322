"""What speaks for and against the hypothesis, as data: shown side by side by the dashboard, the report and the docs.

Collected from abstracts, labels and registries. Grades: "in vivo" and "in vitro" were read in the paper's abstract or
label; "secondary" was quoted by another paper; "model" is computed; "assumption" means nobody measured it;
"not recorded" is a gap in our notes. Sources are written as for parameters (``doi:``, ``pmid:``, or author, journal and
year where neither is known to us).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Direction = Literal["for", "against", "open"]

NOTE = (
    "A hypothesis made computable, not medical advice: the good results in tumor-bearing mice come from one "
    "laboratory, and much speaks against it."
)


@dataclass(frozen=True)
class Finding:
    """One published observation. grade: see the module. source: where it can be read. says: for, against or open."""

    text: str
    source: str
    grade: str
    says: Direction


@dataclass(frozen=True)
class Arm:
    """One published arm of the schedule experiment, relative to its control: what the model is held against."""

    name: str
    scenario: str
    blockade_per_day: str
    incidence: str
    time_to_tumor: float
    survival_time: float


@dataclass(frozen=True)
class LinkEvidence:
    """For one link of ``mechanisms.links.LINKS``: its name, what is claimed, what supports it, what contradicts it."""

    link: str
    claim: str
    supports: tuple[Finding, ...]
    contradicts: tuple[Finding, ...]


@dataclass(frozen=True)
class Claim:
    """One thing that is said about low-dose naltrexone, and what a model can do with it."""

    claim: str
    supports: str
    contradicts: str
    in_the_model: str


ARMS_SOURCE = "doi:10.1126/science.6867737"
ARMS_ABOUT = (
    "Naltrexone in A/Jax mice inoculated with S20Y neuroblastoma (Zagon and McLaughlin 1983, Science 221:671-3). "
    "In vivo; group sizes are not visible in the abstract. Incidence under the same low dose differs between "
    "papers of the same laboratory: the order of the arms is the target, not the digits."
)
ARMS = (
    Arm("control", "control-mouse", "0 h", "100 % (all within 29 d)", 1.0, 1.0),
    Arm("naltrexone 0.1 mg/kg once daily", "ldn-mouse", "4-6 h", "33 %", 1.98, 1.36),
    Arm("naltrexone 10 mg/kg once daily", "hdn-mouse", "24 h", "100 %", 0.73, 0.81),
)

BINDING = Finding(
    "Binding-site density and met-enkephalin content of the tumor rose under both the short and the lasting blockade; "
    "affinity unchanged. Mitotic and labeling index were up during blockade and down after it.",
    "pmid:2540873", "in vivo", "for")  # fmt: skip
_OGFR = Finding(
    "3.3-fold more OGF receptor (MIA PaCa-2): tumor volume -70 %, latency +30 %, DNA synthesis -24 %.",
    "Zagon 2008, Int J Oncol 33:317-23",
    "in vivo",
    "for",
)
_OGF_HT29 = Finding(
    "OGF daily in HT-29 xenografts: more than 80 % tumor-free at 3 weeks (93 % of controls had tumors).",
    "doi:10.1152/ajpregu.1996.271.3.R780",
    "in vivo",
    "for",
)
_SCHEDULE = Finding(
    "0.1 mg/kg once daily: 33 % of mice took tumors instead of 100 %; 10 mg/kg once daily: 100 %, and earlier.",
    ARMS_SOURCE,
    "in vivo",
    "for",
)
_WINDOW = Finding(
    "Continuous low-dose naltrexone had little effect; a drug-free phase after it gave more killing.",
    "doi:10.3892/ijo.2016.3567",
    "in vitro",
    "for",
)
_DMBA = Finding(
    "All-day dietary naltrexone reduced mammary tumor incidence by 27-60 % in DMBA rats.",
    "Anticancer Res 1996, 16:1893-8",
    "in vivo",
    "against",
)
_B16 = Finding(
    "B16 melanoma: 6 h of naloxone slightly enhanced growth, 48 h reduced it.",
    "doi:10.1016/0304-3835(89)90008-6",
    "not recorded",
    "against",
)
_ACUTE = Finding(
    "Acute naltrexone did not raise receptor density; that needed chronic blockade.",
    "Zukin 1982, Brain Res",
    "in vivo",
    "against",
)
_NUCLEAR = Finding(
    "The OGF receptor sits on the outer nuclear envelope, not on the tumor cell's membrane.",
    "Zagon 2002, Brain Res Rev 38:351-76",
    "not recorded",
    "against",
)
_STATIC = Finding(
    "OGF is reported cytostatic, through p16 and p21 at G0/G1, with no change in apoptosis (SKOV-3, HepG2, SK-HEP-1).",
    "doi:10.1152/ajpregu.00646.2009; Donahue 2011, Gynecol Oncol 122:382-8",
    "in vitro",
    "against",
)
_BAX = Finding(
    "Bax and caspase-3 apoptosis up under low-dose naltrexone in a colorectal model.",
    "Ma 2020, Int Immunopharmacol",
    "in vivo",
    "for",
)
_LYMPHO = Finding(
    "OGF suppresses T and B lymphocyte proliferation; low-dose naltrexone suppressed both in EAE mice.",
    "Zagon 2010-2011",
    "in vitro and in vivo",
    "against",
)
_CHRONIC_T = Finding(
    "Chronic blockade lowers T cell proliferation, acute blockade raises it.", "Manfredi 1993", "not recorded", "open"
)
_NK_MIXED = Finding(
    "Met-enkephalin on human NK activity: -31 % in one study, a rise in 7 of 15 donors in another.",
    "two human studies",
    "in vitro",
    "open",
)
_NK_MOUSE = Finding(
    "Naltrexone on mouse NK activity: no effect in two studies, raised in rats.",
    "mixed reports",
    "not recorded",
    "open",
)
_NOT_MEASURED = Finding(
    "Effect of low-dose naltrexone on NK or CD8 numbers or activity in tumor-bearing animals or patients.",
    "not measured",
    "assumption",
    "open",
)
_PET = Finding(
    "Human PET: about 45 % mu occupancy at 4.5 mg, declining slowly (50 mg: half-time 72-108 h); "
    "no clean window of 4-6 h.",
    "Rabiner 2011; Lee 1988",
    "in vivo",
    "against",
)
_HUMAN_PRESET = Finding(
    "The human preset here peaks 2.6 h after a tablet (measured: about 1 h; the sources of its uptake rate and of its "
    "half-life contradict each other) and fills 96 % of mu receptors after 4.5 mg (PET: about 45 %).",
    "computed; Licko 1981; Rabiner 2011",
    "model",
    "against",
)
_EXPOSURE = Finding(
    "Systemic exposure per kg at 4.5 mg by mouth is about 30 times below the mouse dose of 0.1 mg/kg.",
    "computed",
    "model",
    "against",
)
_AFFINITY = Finding("Affinity of naltrexone for the OGF receptor.", "not measured", "assumption", "open")

CONTRADICTIONS = (
    _DMBA,
    _B16,
    _ACUTE,
    _STATIC,
    _NUCLEAR,
    _LYMPHO,
    _CHRONIC_T,
    _NK_MIXED,
    _NK_MOUSE,
    _NOT_MEASURED,
    _PET,
    _HUMAN_PRESET,
    _EXPOSURE,
    _AFFINITY,
)
SUPPORT = (_SCHEDULE, BINDING, _OGFR, _OGF_HT29, _WINDOW, _BAX)

TRIALS = (
    Finding(
        "Glioma, randomized, n = 110: no effect on quality of life or fatigue.",
        "doi:10.1007/s00520-021-06738-0",
        "in vivo",
        "against",
    ),
    Finding("OGF in head and neck cancer, n = 5: terminated.", "NCT00982696", "in vivo", "open"),
    Finding(
        "OGF in pancreatic cancer, n = 24, not randomized: median survival 65.5 d against 21 d in historical controls.",
        "phase 2 report",
        "in vivo",
        "open",
    ),
    Finding(
        "Fibromyalgia, randomized, 6 mg, n = 99: no effect.", "doi:10.1016/S2665-9913(23)00278-3", "in vivo", "against"
    ),
    Finding(
        "Crohn's disease: two randomized trials with 46 people together, too imprecise.",
        "Cochrane CD010410",
        "in vivo",
        "open",
    ),
    Finding(
        "Case reports (pancreas, B-cell lymphoma) are anecdotes; nothing here is calibrated to them.",
        "case reports",
        "secondary",
        "open",
    ),
)

LINK_EVIDENCE = (
    LinkEvidence(
        "receptor_upregulation", "Blocked receptors are replaced by more receptors.", (BINDING,), (_ACUTE, _NUCLEAR)
    ),
    LinkEvidence(
        "ligand_upregulation",
        "The body answers a blockade with more of its own opioids.",
        (BINDING,),
        (_PET, _HUMAN_PRESET),
    ),
    LinkEvidence(
        "tumor_proliferation",
        "More signal in the free window slows division.",
        (_SCHEDULE, _OGFR, _OGF_HT29, _WINDOW),
        (_DMBA, _B16),
    ),
    LinkEvidence("tumor_apoptosis", "The signal drives tumor cells into apoptosis.", (_BAX,), (_STATIC,)),
    LinkEvidence("nk_recruitment", "More NK cells enter the tumor.", (), (_NOT_MEASURED,)),
    LinkEvidence("ctl_recruitment", "More cytotoxic T cells enter the tumor.", (), (_NOT_MEASURED, _LYMPHO)),
    LinkEvidence("nk_cytotoxicity", "NK cells kill better.", (_NK_MIXED,), (_NK_MOUSE, _NOT_MEASURED)),
    LinkEvidence("ctl_cytotoxicity", "Cytotoxic T cells kill better.", (), (_NOT_MEASURED,)),
    LinkEvidence(
        "ctl_proliferation", "T cells divide more; the counter-evidence says less.", (_CHRONIC_T,), (_LYMPHO,)
    ),
)

CLAIMS = (
    Claim(
        "A bedtime dose blocks receptors for a few hours and the body answers with more endorphins and met-enkephalin.",
        "tumor tissue of mice, 1989",
        "human PET declines slowly",
        "dosing regimen, pharmacokinetics, ligand up-regulation link",
    ),
    Claim(
        "Number and density of opioid receptors on tumor cells rise.",
        "binding data in mice",
        "nuclear, not membrane; acute blockade did not do it in brain",
        "receptor up-regulation link, per cell",
    ),
    Claim(
        "Tumor cells then answer to endorphins already there with apoptosis.",
        "one colorectal study",
        "cytostatic in most",
        "two links: proliferation, apoptosis",
    ),
    Claim(
        "More cytotoxic T cells and NK cells.",
        "none",
        "not measured in tumor-bearers; T cell suppression reported",
        "two recruitment links, signed",
    ),
    Claim("Higher killer activity.", "mixed in vitro", "mixed", "two cytotoxicity links, signed"),
    Claim(
        "The timing matters: a short blockade helps, a continuous one does not.",
        "mouse schedules 1983, drug-free phase 2016",
        "DMBA rats, B16 melanoma",
        "the schedule is the experiment",
    ),
    Claim(
        "3-4.5 mg in humans is the same regime as in mice.",
        "none",
        "exposure about 30 times lower",
        "a scenario, labeled hypothetical",
    ),
    Claim(
        "It calms autoimmune disease and strengthens anti-tumor immunity.",
        "none",
        "contradictory unless it is cell-type specific",
        "signed links make the tension visible",
    ),
    Claim(
        "Conventional doses of 50-300 mg block around the clock.", "PET: more than 90 % at 50 mg", "none", "a scenario"
    ),
)


def of_link(name: str) -> LinkEvidence:
    """The evidence on one link by its name; KeyError for a name that is no link."""
    for each in LINK_EVIDENCE:
        if each.link == name:
            return each
    raise KeyError(name)
