"""Invented people with the facts that a reader of their resumes should find."""

from __future__ import annotations

import random
from dataclasses import dataclass

AS_OF = "2026-11"
_NOW = 2026 * 12 + 10


@dataclass(frozen=True)
class Job:
    company: str
    title: str
    start: int  # months since year 0
    end: int | None  # None: until now
    bullets: tuple[str, ...]
    kind: str = "full_time"


@dataclass(frozen=True)
class Study:
    school: str
    area: str
    degree: str  # as written
    start: int
    end: int
    note: str = ""


@dataclass(frozen=True)
class Person:
    """``gold`` is what the parser is held to; ``phone_written`` how the phone is spelt."""

    lang: str
    name: str
    email: str
    phone_written: str
    target: str
    jobs: tuple[Job, ...]
    studies: tuple[Study, ...]
    skills: tuple[str, ...]
    gold: dict[str, object]
    trap: str = ""

    @property
    def has(self) -> frozenset[str]:
        """Names of the skills that the resume says the person has."""
        words = [*self.skills, *(bullet for job in self.jobs for bullet in job.bullets)]
        words.append("银行客服大模型微调" if self.lang == "zh" else "Safety preference dataset")
        said = (names for words_ in words for key, names in SAID.items() if words_.startswith(key))
        return _names(" ".join(said))

    @property
    def lacks(self) -> frozenset[str]:
        """Names of the skills that the resume mentions and the person has not."""
        return _names(next((names for text, names in TRAPS[self.lang] if text == self.trap), ""))


def _names(words: str) -> frozenset[str]:
    return frozenset(word.replace("_", " ") for word in words.split())


_SURNAMES = [
    "王",
    "李",
    "张",
    "刘",
    "陈",
    "杨",
    "赵",
    "黄",
    "周",
    "吴",
    "徐",
    "孙",
    "胡",
    "朱",
    "高",
    "林",
    "何",
    "郭",
    "马",
    "罗",
    "梁",
    "宋",
    "郑",
    "谢",
    "韩",
    "唐",
    "冯",
    "于",
    "董",
    "萧",
    "程",
    "曹",
    "袁",
    "邓",
    "许",
    "傅",
    "沈",
    "曾",
    "彭",
    "吕",
    "苏",
    "卢",
    "蒋",
    "蔡",
    "贾",
    "丁",
    "魏",
    "薛",
    "叶",
    "阎",
    "余",
    "潘",
    "杜",
    "戴",
    "夏",
    "钟",
    "汪",
    "田",
    "任",
    "姜",
    "范",
    "方",
    "石",
    "姚",
    "谭",
    "廖",
    "邹",
    "熊",
    "金",
    "陆",
    "郝",
    "孔",
    "白",
    "崔",
    "康",
    "毛",
    "邱",
    "秦",
    "江",
    "史",
    "顾",
    "侯",
    "邵",
    "孟",
    "龙",
    "万",
    "段",
    "雷",
    "钱",
    "汤",
    "尹",
    "黎",
    "易",
    "常",
    "武",
    "乔",
    "贺",
    "赖",
    "龚",
    "文",
]
_COMPOUND = ["欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "令狐", "慕容"]
_GIVEN = [
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "丽",
    "强",
    "磊",
    "洋",
    "艳",
    "勇",
    "军",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "秀兰",
    "霞",
    "平",
    "刚",
    "桂英",
    "子涵",
    "雨桐",
    "浩然",
    "思远",
    "欣怡",
    "梓萱",
    "宇轩",
    "嘉怡",
    "晓东",
    "文博",
    "一鸣",
    "若曦",
    "俊熙",
    "海燕",
    "志强",
    "建国",
    "佳琪",
    "雪梅",
    "天佑",
    "诗涵",
    "立新",
    "春生",
    "婉清",
    "望舒",
    "知微",
    "明远",
]
_MINORITY = [
    "阿卜杜拉·买买提",
    "古丽娜尔·艾合买提",
    "迪丽拜尔·吐尔逊",
    "扎西·顿珠",
    "买买提江·艾山",
]
_EN_FIRST = [
    "Emma",
    "Liam",
    "Olivia",
    "Noah",
    "Sofia",
    "Aisha",
    "Carlos",
    "Priya",
    "Daniel",
    "Grace",
    "Hannah",
    "Ibrahim",
    "Julia",
    "Kevin",
    "Maria",
    "Nathan",
    "Chloe",
    "Rahul",
    "Sarah",
    "Thomas",
    "Yuki",
    "Zoe",
    "Mateo",
    "Fatima",
    "Lucas",
    "Amelia",
    "Wei",
    "Jing",
    "Xiaoming",
]
_EN_LAST = [
    "Smith",
    "Johnson",
    "Garcia",
    "Patel",
    "Nguyen",
    "Kim",
    "O'Connor",
    "Müller",
    "Rossi",
    "Silva",
    "Okafor",
    "Cohen",
    "Anderson",
    "Brown",
    "Clark",
    "Davis",
    "Evans",
    "Fischer",
    "Gupta",
    "Hughes",
    "Ivanov",
    "Jackson",
    "Kowalski",
    "Lopez",
    "Martin",
    "Zhang",
    "Chen",
    "Van-Dyke",
    "MacLeod",
]

_COMPANIES = [
    "北京云测数据科技有限公司",
    "上海商汤智能科技有限公司",
    "字节跳动",
    "百度在线网络技术（北京）有限公司",
    "科大讯飞股份有限公司",
    "杭州海康威视数字技术股份有限公司",
    "深圳市腾讯计算机系统有限公司",
    "京东科技控股股份有限公司",
    "数据堂（北京）科技股份有限公司",
    "北京海天瑞声科技股份有限公司",
    "标贝科技",
    "龙猫数据",
    "美团",
    "小米通讯技术有限公司",
    "平安科技（深圳）有限公司",
    "成都晓多科技有限公司",
    "广州云从信息科技有限公司",
    "阿里巴巴集团",
    "苏州思必驰信息科技有限公司",
    "新东方教育科技集团",
    "招商银行股份有限公司",
    "武汉烽火信息集成技术有限公司",
    "南京硅基智能科技有限公司",
    "贵阳曼孚科技有限公司",
    "青岛海尔智家股份有限公司",
    "四川长虹电器股份有限公司",
    "网易有道",
    "厦门美图网科技有限公司",
    "明岳咨询",
    "山东众标数据服务有限公司",
    "知行教育",
    "融创物业服务集团",
    "北京智源人工智能研究院",
    "顺丰速运",
]
_TITLES = [
    "AI训练师",
    "人工智能训练师",
    "高级AI训练师",
    "数据标注员",
    "数据标注组长",
    "标注质检主管",
    "算法工程师",
    "提示词工程师",
    "对话运营",
    "大模型评测工程师",
    "数据分析师",
    "产品经理",
    "客服主管",
    "质检专员",
    "NLP算法工程师",
    "数据运营专员",
    "项目经理",
    "内容审核员",
    "语音标注工程师",
    "AI产品运营",
    "知识库运营",
    "智能客服训练师",
    "数据采集员",
    "培训讲师",
    "RLHF标注专家",
]
_EN_COMPANIES = [
    "Scale AI",
    "Appen",
    "TELUS International",
    "Google",
    "Amazon Web Services",
    "Surge Labs",
    "iMerit Technology",
    "Brightwave Analytics",
    "Northwind Bank",
    "Lionbridge Technologies",
    "Meta",
    "Cedar Health Systems",
    "Orbit Robotics Inc.",
    "Labelbox",
    "Sunrise Language Services Ltd",
    "Concentrix",
    "Deloitte",
    "Blue Harbor Media Group",
    "Acme Corp.",
    "University of Lagos",
    "Kestrel Data LLC",
    "Welocalize",
    "Harbour Street Consulting",
    "Zenith Insurance Company",
]
_EN_TITLES = [
    "AI Trainer",
    "Senior AI Trainer",
    "Data Annotator",
    "Annotation Team Lead",
    "Prompt Engineer",
    "Machine Learning Engineer",
    "Data Analyst",
    "Quality Assurance Specialist",
    "Linguist",
    "Content Moderator",
    "Project Manager",
    "NLP Researcher",
    "Search Quality Rater",
    "Customer Support Representative",
    "LLM Evaluation Analyst",
    "Data Operations Manager",
    "Computational Linguist",
    "English Teacher",
    "Software Developer",
    "Product Manager",
    "Conversation Designer",
]
_SCHOOLS = [
    "清华大学",
    "北京大学",
    "武汉大学",
    "华中科技大学",
    "电子科技大学",
    "中国地质大学（武汉）",
    "西安电子科技大学",
    "南京邮电大学",
    "北京语言大学",
    "中山大学",
    "华东师范大学",
    "四川大学",
    "郑州大学",
    "深圳大学",
    "河北工业大学",
    "广东外语外贸大学",
    "中国人民大学",
    "湖南师范大学",
    "吉林大学",
    "贵州大学",
]
_COLLEGES = [
    "深圳职业技术学院",
    "长沙民政职业技术学院",
    "武汉职业技术学院",
    "北京电子科技职业学院",
    "贵州轻工职业技术学院",
]
_AREAS = [
    "计算机科学与技术",
    "软件工程",
    "英语",
    "汉语言文学",
    "应用统计学",
    "电子信息工程",
    "人工智能",
    "市场营销",
    "心理学",
    "信息管理与信息系统",
    "数据科学与大数据技术",
    "翻译",
]
_EN_SCHOOLS = [
    "University of Michigan",
    "Stanford University",
    "University of Leeds",
    "Boston College",
    "Arizona State University",
    "University of Toronto",
    "Delhi University",
    "National University of Singapore",
    "University of California, Berkeley",
    "Massachusetts Institute of Technology",
    "King's College London",
    "University of Nairobi",
    "San Jose State University",
    "Georgia Institute of Technology",
    "Universidad de Chile",
    "Tsinghua University",
]
_EN_AREAS = [
    "Computer Science",
    "Linguistics",
    "Psychology",
    "Data Science",
    "English Literature",
    "Statistics",
    "Business Administration",
    "Mathematics",
]
_BULLETS = (
    "负责大模型 SFT 数据的标注规范制定，累计产出 3.2 万条，一致率从 82% 提升到 95%",
    "带领 12 人标注团队完成 6 个项目，交付准时率 98%",
    "设计对话意图体系 240 个，线上意图识别准确率由 87.5% 提高到 93%",
    "用 Python 和正则清洗语料，去重 18 万条，节省人工约 30%",
    "与算法、产品每周复盘坏例，推动模型迭代 9 个版本",
    "编写新人培训手册并组织考试，上岗周期从 15 天缩短到 9 天",
    "搭建质检抽样流程，返工率下降 40%",
    "跟进 2021 年双十一大促期间的客服机器人运营，自助解决率提升 8 个百分点",
)
_EN_BULLETS = (
    "Wrote annotation guidelines for RLHF data and raised inter-annotator agreement from 0.68 to 0.84",
    "Led a team of 14 annotators across 5 projects, delivering 98% on time",
    "Reviewed 40,000 model responses for factuality and safety",
    "Built a Python pipeline that removed 120k duplicate samples and cut labelling cost by 22%",
    "Ran weekly calibration sessions with the research team since the 2020 launch",
    "Trained new hires and shortened onboarding from 15 to 9 days",
)
# What each sentence says the person can do, by the concept's Chinese or English name.
SAID = {
    "负责大模型 SFT 数据": "大语言模型 SFT 标注规范",
    "带领 12 人标注团队": "标注团队管理",
    "设计对话意图体系": "意图体系搭建 意图识别",
    "用 Python 和正则": "Python 正则表达式 数据去重",
    "与算法、产品每周复盘坏例": "坏例分析 模型迭代",
    "编写新人培训手册": "",
    "搭建质检抽样流程": "标注质检",
    "跟进 2021 年": "智能客服",
    "Wrote annotation guidelines": "annotation_guidelines RLHF inter-annotator_agreement",
    "Led a team of 14": "annotation_team_management",
    "Reviewed 40,000": "factuality_checking",
    "Built a Python pipeline": "Python de-duplication",
    "Ran weekly calibration": "annotator_training",
    "Trained new hires": "",
    "构建 2.1 万条": "",
    "Built 21k": "",
    "Python、SQL、正则表达式": "Python SQL 正则表达式",
    "Label Studio、CVAT、精灵标注": "Label_Studio CVAT 精灵标注",
    "熟悉 RLHF、SFT": "RLHF SFT 提示词工程",
    "Excel、Tableau": "Excel Tableau",
    "Python, SQL, regular": "Python SQL regular_expressions",
    "Label Studio, CVAT, Prodigy": "Label_Studio CVAT Prodigy",
    "Prompt design, RLHF": "prompt_engineering RLHF supervised_fine-tuning",
    "Excel, Tableau": "Excel Tableau",
    "银行客服大模型微调": "微调",
    "Safety preference dataset": "preference_data",
}
# Sentences that name what the person cannot do, wants to do, or what others did.
TRAPS = {
    "zh": (
        ("没有使用过 PyTorch 和 TensorFlow。", "PyTorch TensorFlow"),
        ("希望今后学习强化学习与 Kubernetes。", "强化学习 Kubernetes"),
        ("模型部署和 Docker 环境由工程同事负责。", "Docker 模型部署"),
        ("对 Java、C++ 不熟悉，正在自学 Spark。", "Java C++ Spark"),
        ("团队使用 MySQL 管理数据，我只提需求。", "MySQL"),
        ("MATLAB 多年没用，已经生疏。", "MATLAB"),
        ("同事用 XGBoost 训练风控模型。", "XGBoost"),
        ("对语音合成很感兴趣，计划学习 Kaldi。", "语音合成 Kaldi"),
    ),
    "en": (
        ("I have never used PyTorch or TensorFlow.", "PyTorch TensorFlow"),
        (
            "Hoping to learn reinforcement learning and Kubernetes.",
            "reinforcement_learning Kubernetes",
        ),
        ("My colleagues handled Docker and model deployment.", "Docker model_deployment"),
        ("No experience with Java or C++; currently learning Spark.", "Java C++ Spark"),
        ("Our team used MySQL; I only wrote the requests.", "MySQL"),
        ("My MATLAB is rusty; I have not touched it for years.", "MATLAB"),
        ("The data science team trained XGBoost models.", "XGBoost"),
        ("Interested in speech synthesis; planning to learn Kaldi.", "speech_synthesis Kaldi"),
    ),
}
_SKILLS = (
    "Python、SQL、正则表达式",
    "Label Studio、CVAT、精灵标注",
    "熟悉 RLHF、SFT、Prompt 设计",
    "Excel、Tableau",
)
_EN_SKILLS = (
    "Python, SQL, regular expressions",
    "Label Studio, CVAT, Prodigy",
    "Prompt design, RLHF, SFT",
    "Excel, Tableau",
)


def _jobs(rng: random.Random, lang: str, grad: int) -> tuple[Job, ...]:
    companies = rng.sample(_COMPANIES if lang == "zh" else _EN_COMPANIES, 4)
    titles = rng.sample(_TITLES if lang == "zh" else _EN_TITLES, 4)
    pool = _BULLETS if lang == "zh" else _EN_BULLETS
    count = rng.choice((1, 2, 2, 3, 3))
    jobs = []
    start = grad + rng.choice((0, 1, 2))
    for index in range(count):
        last = index == count - 1
        left = _NOW - start
        length = max(4, rng.randint(8, 40)) if not last else 0
        end = min(start + length, _NOW - 6 * (count - index))
        if end - start < 4 and not last:
            continue
        until: int | None = end
        if last:
            until = None if rng.random() < 0.75 else max(start + 6, _NOW - rng.randint(1, 5))
            if left < 6:
                until = None
        jobs.append(
            Job(
                companies[index],
                titles[index],
                start,
                until,
                tuple(rng.sample(pool, rng.choice((2, 3, 4)))),
            )
        )
        overlap = rng.random() < 0.12
        start = (until or _NOW) + (-3 if overlap else rng.choice((0, 1, 1, 2, 5)))
    if rng.random() < 0.3:
        title = (
            rng.choice(("数据标注实习生", "算法实习生", "运营实习生"))
            if lang == "zh"
            else rng.choice(("Data Annotation Intern", "Research Intern"))
        )
        jobs.insert(
            0,
            Job(companies[3], title, grad - 14, grad - 9, tuple(rng.sample(pool, 1)), "internship"),
        )
    return tuple(reversed(jobs))


_TRAPS_ZH = (
    "plain",
    "plain",
    "plain",
    "plain",
    "master",
    "master",
    "phd_reading",
    "dropout",
    "self_taught",
    "school_attached",
    "associate",
    "upgrade",
    "doctor",
)


def _studies(rng: random.Random, lang: str, grad: int) -> tuple[tuple[Study, ...], str, str]:
    """Studies, newest first, with the degree and the school that count."""
    trap = rng.choice(_TRAPS_ZH)
    one, two, three = rng.sample(_SCHOOLS if lang == "zh" else _EN_SCHOOLS, 3)
    area = rng.choice(_AREAS if lang == "zh" else _EN_AREAS)
    zh = lang == "zh"

    def word(degree: str) -> str:
        table = {
            "bachelor": rng.choice(("本科", "学士", "工学学士", "大学本科"))
            if zh
            else rng.choice(("Bachelor of Science", "B.Sc.", "BA", "Bachelor's degree", "B.S.")),
            "master": rng.choice(("硕士", "硕士研究生", "工程硕士", "研究生"))
            if zh
            else rng.choice(("Master of Science", "M.Sc.", "MBA", "Master's degree")),
            "doctor": rng.choice(("博士", "博士研究生"))
            if zh
            else rng.choice(("PhD", "Ph.D.", "Doctor of Philosophy")),
            "associate": rng.choice(("大专", "专科")) if zh else "Associate degree",
        }
        return table[degree]

    base = Study(one, area, word("bachelor"), grad - 45, grad)
    if trap == "master":
        base = Study(one, area, word("bachelor"), grad - 81, grad - 36)
        return (Study(two, area, word("master"), grad - 33, grad), base), "master", two
    if trap == "doctor":
        first = Study(one, area, word("bachelor"), grad - 129, grad - 84)
        middle = Study(two, area, word("master"), grad - 81, grad - 48)
        return (Study(three, area, word("doctor"), grad - 45, grad), middle, first), "doctor", three
    if trap == "phd_reading":
        first = Study(one, area, word("bachelor"), grad - 81, grad - 36)
        middle = Study(two, area, word("master"), grad - 33, grad)
        reading = Study(
            three, area, word("doctor"), _NOW - 14, _NOW + 34, "在读" if zh else "in progress"
        )
        return (reading, middle, first), "master", two
    if trap == "dropout":
        left = Study(
            two, area, word("master"), grad + 3, grad + 12, "肄业" if zh else "did not complete"
        )
        return (left, base), "bachelor", one
    if trap == "self_taught" and zh:
        college = rng.choice(_COLLEGES)
        return (
            (
                Study(one, area, "自考本科", grad - 30, grad),
                Study(college, area, "大专", grad - 69, grad - 33),
            ),
            "bachelor",
            one,
        )
    if trap == "upgrade" and zh:
        college = rng.choice(_COLLEGES)
        return (
            (
                Study(one, area, "本科（专升本）", grad - 24, grad),
                Study(college, area, word("associate"), grad - 60, grad - 24),
            ),
            "bachelor",
            one,
        )
    if trap == "associate":
        college = rng.choice(_COLLEGES) if zh else "Santa Monica Community College"
        return (Study(college, area, word("associate"), grad - 33, grad),), "associate", college
    if trap == "school_attached" and zh:
        attached = Study(f"{two}附属中学", "理科", "高中", grad - 81, grad - 45)
        return (base, attached), "bachelor", one
    return (base,), "bachelor", one


def _phone(rng: random.Random, lang: str) -> tuple[str, str]:
    if lang == "en":
        area, mid, last = rng.randint(212, 989), rng.randint(200, 999), rng.randint(1000, 9999)
        written = rng.choice(
            (
                "({a}) {m}-{l}",
                "+1 {a}-{m}-{l}",
                "{a}-{m}-{l}",
                "+1 ({a}) {m}-{l}",
                "{a}.{m}.{l}",
                "+1{a}{m}{l}",
            )
        )
        if rng.random() < 0.25:
            digits = f"7{rng.randint(100, 999)} {rng.randint(100000, 999999)}"
            return (
                f"+44 {digits}" if rng.random() < 0.5 else f"+44 (0){digits}",
                "+44" + digits.replace(" ", ""),
            )
        return written.format(a=area, m=mid, l=last), f"+1{area}{mid}{last}"
    digits = f"1{rng.choice('3578')}{rng.randint(0, 9)}{rng.randint(10000000, 99999999)}"
    a, b, c = digits[:3], digits[3:7], digits[7:]
    style = rng.randint(0, 8)
    if style == 7:
        wide = "".join(chr(ord(d) + 0xFEE0) for d in digits)
        return wide, "+86" + digits
    if style == 8:
        n = rng.randint(20000000, 89999999)
        return f"(010) {n}", f"+8610{n}"
    forms = (
        digits,
        f"{a}-{b}-{c}",
        f"{a} {b} {c}",
        f"+86 {a} {b} {c}",
        f"+86-{digits}",
        f"(+86) {a}-{b}-{c}",
        f"86{digits}",
    )
    return forms[style], "+86" + digits


def _zh_name(rng: random.Random) -> str:
    roll = rng.random()
    if roll < 0.08:
        return rng.choice(_MINORITY)
    surname = rng.choice(_COMPOUND) if roll < 0.2 else rng.choice(_SURNAMES)
    return surname + rng.choice(_GIVEN)


def person(seed: int) -> Person:
    """The same person for the same seed; every third one writes English."""
    rng = random.Random(seed)
    lang = "en" if seed % 3 == 2 else "zh"
    grad = _NOW - rng.randint(18, 150)
    grad -= (grad % 12) - 5  # people graduate in June
    if lang == "zh":
        name = _zh_name(rng)
        email = f"{rng.choice(('candidate', 'zxc', 'me', 'dev'))}{rng.randint(10, 9999)}@{rng.choice(('qq.com', '163.com', 'gmail.com', 'outlook.com', 'foxmail.com'))}"
    else:
        first, last = rng.choice(_EN_FIRST), rng.choice(_EN_LAST)
        name = (
            f"{first} {last}" if rng.random() < 0.8 else f"{first} {rng.choice('ABCDEJMR')}. {last}"
        )
        plain = last.lower().replace("'", "").replace("ü", "u").replace("-", "")
        email = f"{first.lower()}.{plain}{rng.choice(('', '87', '_ai'))}@{rng.choice(('gmail.com', 'outlook.com', 'proton.me'))}"
    written, phone = _phone(rng, lang)
    jobs = _jobs(rng, lang, grad)
    studies, degree, school = _studies(rng, lang, grad)
    full = [job for job in jobs if job.kind == "full_time"]
    months: set[int] = set()
    for job in full:
        months |= set(range(job.start, _NOW if job.end is None else job.end))
    latest = max(full, key=lambda job: (_NOW if job.end is None else job.end, job.start))
    gold: dict[str, object] = {
        "name": name,
        "email": email,
        "phone": phone,
        "highest_degree": degree,
        "school": school,
        "years_experience": len(months) / 12,
        "latest_title": latest.title,
        "latest_company": latest.company,
    }
    target = "AI训练师" if lang == "zh" else "AI Trainer"
    trap = TRAPS[lang][seed % len(TRAPS[lang])][0]
    skills = _SKILLS if lang == "zh" else _EN_SKILLS
    return Person(lang, name, email, written, target, jobs, studies, skills, gold, trap)
