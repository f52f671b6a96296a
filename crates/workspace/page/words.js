// @ts-check
// All words of the page in English and Chinese. A word without an entry is shown as it is.

/** @type {"en" | "zh"} */
let chosen = localStorage.getItem("language") === "zh" || (!localStorage.getItem("language") && navigator.language.startsWith("zh")) ? "zh" : "en";

export const language = () => chosen;

/** @param {"en" | "zh"} language */
export function setLanguage(language) {
  chosen = language;
  localStorage.setItem("language", language);
}

/** Keys that are not their own English. @type {Record<string, string>} */
const ENGLISH = {
  "programme lead": "Change a field: it is checked at once, and the path with and without the programme is solved anew. Save makes a version; nothing is lost.",
  "run note": "A full run also finds what each lever adds, by area and industry, and keeps the results.",
  "viewer note": "You may try out changes; saving and running need the role of an analyst.",
  "no run yet": "There is no run of this scenario yet.",
  "contributions: alone": "Each lever run alone; interaction is what they do together beyond the sum.",
  "contributions: path_integral": "The effect of each lever, added up while all of them grow together from nothing to the programme; the parts add up.",
  "contributions: shapley": "The mean effect of each lever over all orders in which they could be added; the parts add up.",
  "schematic map": "Outlines are simplified and show position, not borders.",
  "errors stop it": "The study has errors: nothing is solved until they are mended.",
  "fan note": "Darker: half of all draws. Lighter: nine of ten. The line is the median.",
  "cut note": "The lighter band goes on above the drawing; the table has it.",
  "targets lead": "An ensemble draws uncertain growth, parameters and projects many times and solves the whole path each time.",
  "compare lead": "Policy less baseline in the headline year, run by run.",
  "identities lead": "Every identity of the accounts with its largest deviation, relative to total output.",
  "sankey note": "From suppliers on the left to users on the right. Basic values for supply, delivered values for use; the difference is margins.",
  "quotient note": "Share of the industry in the area's output over its share in all areas: above 1 the area is specialised.",
  verified_at_source: "seen at the source", secondary_source: "from a secondary source",
  from_memory_check_before_use: "from memory, check before use", assumption: "assumption",
  investment_project: "investment project", market_access: "market access", free_trade_zone: "free-trade zone", rd_grants: "R&D grants", trade_destination: "trade destination",
  "users lead": "Viewers look and try out what is not kept; analysts edit and run; administrators manage users. Another role or password ends a user's sessions.",
  "no users lead": "The workspace has no users: whoever reaches it may do everything. With the first user, who has to be an administrator, people log in.",
  "folder note": "All versions of all scenarios as text files. A study.toml that was edited in the folder becomes a new version on import.",
  "why note": "The terms of the number's own formula, each of which can be followed to its own. Contributions are in the unit of the number and add up at every step.",
  "term: formula": "formula", "term: unknown": "found by the solver", "term: given": "given", "term: lever": "lever", "term: stocks": "stock of the year before",
  "mix lead": "Which levers, how strongly, reach the targets at the least cost, within the bounds of the study.",
  "mix note": "Intensity 1 is the lever as written, 0 is without it.",
  "mix: reached": "The targets are reached.", "mix: not_reachable": "The targets are out of reach of the levers; this mix comes nearest.", "mix: most": "The most within bounds and budget.",
  tax: "tax", infrastructure: "infrastructure", fiscal: "public spending",
  nation: "China",
};

/** @type {Record<string, string>} */
const CHINESE = {
  steps: "步", "Your draft was made from version": "您的草稿基于版本", "the version that counts now is": "当前版本为", "Discard the draft": "放弃草稿", "Name of the run": "运行名称", "Name the run": "命名", "Delete run": "删除运行", "This run is of version": "此运行基于版本",
  "why note": "数字自身公式的各项，每项可继续追溯。各步贡献均以该数字的单位表示，且相加相等。", "The number": "该数字", Term: "项", Kind: "种类", Follow: "追溯", more: "项其他", together: "合计", "term: formula": "公式", "term: unknown": "由求解得出", "term: given": "给定", "term: lever": "措施", "term: stocks": "上年存量", "found by the solver; terms of the equation at its place": "由求解得出；以下为对应方程的各项",
  "mix lead": "在研究设定的范围内，以最低费用实现目标需要哪些措施、多大力度。", "mix note": "力度 1 为原方案，0 为不采用。", "mix: reached": "目标可以实现。", "mix: not_reachable": "现有措施无法实现目标；此组合最为接近。", "mix: most": "在范围和预算内的最大值。",
  "Cheapest mix": "最低费用组合", Intensity: "力度", Bounds: "范围", Wanted: "目标值", Reached: "达到", "Most possible": "最大可能", "The answer": "结论", Levers: "措施", "all are reached": "全部实现", "are missed": "未实现", "the largest contributions to GDP are": "对地区生产总值贡献最大的是", "GDP gains most in": "地区生产总值增加最多的是", "least in": "最少的是", "output rises most in": "产出增加最多的是", "falls most in": "减少最多的是", "to all budgets over": "（各级预算合计）",
  "One lever": "单项措施", "Memo (Word)": "简报（Word）", Memo: "简报", "Add a lever": "添加措施", "Name of the new lever": "新措施名称", first: "首年", last: "末年", outside: "外部", regions: "各地区", training: "培训",
  "The study as a folder": "研究文件夹", "folder note": "所有情景的所有版本均为文本文件。在文件夹中编辑过的 study.toml 导入后成为新版本。", "Export (zip)": "导出（zip）", "Import a folder": "导入文件夹",
  Users: "用户", "Log in": "登录", "Log out": "退出", Password: "密码", Role: "角色", Added: "添加日期", "Logged in": "登录时间", "New password": "新密码", "New password of": "新密码：", "Add a user": "添加用户", Add: "添加", Audit: "操作记录", Older: "更早", "When (UTC)": "时间（UTC）", Who: "谁", What: "操作", "To what": "对象",
  viewer: "查看者", analyst: "分析员", administrator: "管理员", "users lead": "查看者可以查看并试算（不保存）；分析员可以编辑和运行；管理员管理用户。更改角色或密码会结束该用户的登录。", "no users lead": "工作区没有用户：能访问者可做任何操作。添加第一个用户（须为管理员）后，须登录使用。",
  Region: "区域", Programme: "方案", Results: "结果", Targets: "目标", Compare: "比较", Data: "数据", Views: "视图", Scenario: "情景", Colours: "颜色",
  System: "跟随系统", Light: "浅色", Dark: "深色", "Skip to content": "跳到正文", Licences: "许可证", Loading: "载入中", Download: "下载", Table: "表格",
  "Way out": "解决办法", line: "行", index: "指数", "n/a": "无", Source: "来源", Copy: "复制", Remove: "删除", "no name": "无名称", "no status": "无状态", assumed: "假设",
  version: "版本", changed: "已修改", saved: "已保存", "The whole text": "全文", "What changes": "变化", "Note on the change": "修改说明", Save: "保存", Discard: "放弃修改",
  Undo: "撤销", Redo: "重做", "Run in full": "完整运行", "New scenario from this": "由此新建情景", "Name of the new scenario": "新情景名称", History: "历史",
  save: "保存", undo: "撤销", redo: "重做", import: "导入", "Solving": "求解中", "First-order estimate, solving": "一阶估计，求解中", "Solved in": "求解用时", "Policy against baseline": "方案与基准之差", Change: "变化",
  "over the years": "逐年", "GDP by area": "各地区 GDP", Run: "运行", "Run version": "运行版本", queued: "排队", running: "运行中", done: "完成", failed: "失败", cancelled: "已取消", interrupted: "中断",
  Progress: "进度", Cancel: "取消", Indicator: "指标", Place: "地区", Year: "年份", "Workbook (Excel)": "工作簿（Excel）", Report: "报告", Unit: "单位", Baseline: "基准", Policy: "方案",
  Area: "地区", "change by area": "各地区变化", interaction: "相互作用", "All levers together": "全部措施", "What each lever adds": "各项措施的贡献", Lever: "措施", Contribution: "贡献", Share: "份额",
  "Why this number?": "为什么是这个数？", Cost: "费用", "10,000 yuan": "万元", "Winners and losers": "受益与受损", output: "产出", Industry: "行业", Jobs: "就业", persons: "人",
  "How far to trust this": "可信程度", "years solved": "个年份已求解", "largest recomputed deviation": "复核的最大偏差", "of total output": "（占总产出）", "plausibility checks hold": "项合理性检查成立", parameters: "个参数",
  "programme lead": "修改一个字段：立即检查，并重新求解有无方案的路径。保存会生成新版本，不会丢失任何内容。",
  "run note": "完整运行还会求出每项措施在各地区、各行业的贡献，并保存结果。", "viewer note": "您可以试改；保存和运行需要分析员角色。", "no run yet": "此情景尚未运行。", "contributions: alone": "每项措施单独运行；相互作用是合计之外的部分。", "contributions: path_integral": "全部措施同时从零增加到方案时，每项措施效果的累计；各部分之和等于总变化。", "contributions: shapley": "每项措施在所有加入顺序下的平均效果；各部分之和等于总变化。", remainder: "余项",
  "schematic map": "轮廓经过简化，只表示位置，不表示边界。", "errors stop it": "研究有错误：改正之前不求解。", "fan note": "深色：一半的抽样；浅色：九成的抽样；线为中位数。",
  "cut note": "浅色带超出图的上方，见表格。", "targets lead": "集合模拟多次抽取不确定的增长、参数和项目，每次求解整条路径。", "compare lead": "各次运行在重点年份的方案与基准之差。",
  "identities lead": "账户的每个恒等式及其最大偏差（相对于总产出）。", "sankey note": "左为供给，右为使用。供给按基本价格，使用按到货价格；差额为流通费用。", "quotient note": "行业占本地区产出的份额除以占所有地区产出的份额：大于 1 表示专业化。",
  verified_at_source: "已在来源核实", secondary_source: "二手来源", from_memory_check_before_use: "凭记忆，使用前核对", assumption: "假设",
  investment_project: "投资项目", market_access: "市场准入", free_trade_zone: "自由贸易区", rd_grants: "研发补助", talent: "人才", technology: "技术", fiscal: "财政", trade_destination: "贸易目的地", tax: "税收", infrastructure: "基础设施",
  talks: "洽谈", signed: "签约", construction: "在建", operating: "运营", skilled: "技能", unskilled: "非技能", neutral: "中性", labour: "劳动",
  "Run an ensemble": "运行集合模拟", Draws: "抽样数", draws: "次抽样", Target: "目标", Probability: "概率", "without the programme": "无方案", "with the programme": "有方案", Missing: "缺口", "Growth needed": "所需增长", "a year": "每年",
  Median: "中位数", "of them failed": "其中失败", "From the baseline to the target": "从基准到目标", missing: "缺口", "Known before": "最近观测", "Point values of the latest run": "最近一次运行的点值",
  Select: "选择", "Nothing to compare yet": "还没有可比较的运行", "Run a second scenario in full": "请完整运行第二个情景", "Programme text": "方案文本",
  Identities: "恒等式", Identity: "恒等式", Deviation: "偏差", "Worst cell": "最差单元", Holds: "成立", yes: "是", no: "否", "Gross product from three sides": "三种方法的地区生产总值", Income: "收入法", Expenditure: "支出法", Production: "生产法",
  Parameters: "参数", Parameter: "参数", Value: "值", Range: "范围", Status: "状态", Meaning: "含义", All: "全部", "Published totals": "公布的总量", Total: "总量", Published: "公布", Built: "构建", "Off by": "偏差", Note: "备注", "Figures and assumptions of the accounts": "账户的数字与假设", Name: "名称", "Tables read": "读取的表",
  Measure: "度量", "Gross product": "地区生产总值", "Gross product per worker": "人均（从业者）生产总值", "Persons employed": "从业人员", "Share of foreign firms in output": "外资企业产出份额", "Location quotient": "区位商", Industries: "行业", "Value added": "增加值", Output: "产出", Owners: "所有制",
  domestic: "内资", foreign: "外资", "Trade partners": "贸易伙伴", Sold: "销往", Bought: "购自", Partner: "伙伴", "Flows of products": "产品流向", From: "从", To: "到", "Uses by user": "按使用者",
  intermediate: "中间使用", household: "居民消费", government: "政府消费", investment: "投资", export: "出口", inventory: "存货", "own production": "本地生产", "Areas": "各地区", "thousand yuan": "千元", "Bohai Sea": "渤海", "Yellow Sea": "黄海", "base year": "基年",
};

/** @type {Record<string, string>} */
const PLACES = {
  Shenyang: "沈阳", Dalian: "大连", Yingkou: "营口", "Rest of Liaoning": "辽宁其他地区", "Rest of China": "全国其他地区", Liaoning: "辽宁", nation: "全国", abroad: "国外", central: "中央",
};

/** Variables of the results: English, Chinese. @type {Record<string, [string, string]>} */
const VARIABLES = {
  gdp: ["GDP", "地区生产总值"], gdp_nominal: ["GDP, nominal", "地区生产总值（现价）"], employment: ["Jobs", "就业"], real_wage: ["Real wage", "实际工资"],
  consumption: ["Household consumption", "居民消费"], investment: ["Investment", "投资"], exports: ["Exports", "出口"], imports: ["Imports", "进口"], trade: ["Exports plus imports", "进出口"],
  fdi: ["Foreign direct investment", "实际利用外资"], domestic_funds: ["Funds from other provinces", "引进省外资金"], budget_revenue: ["Tax revenue", "财政收入"], budget_balance: ["Budget balance", "财政收支差额"],
  equivalent_variation: ["Household gain", "居民福利（等价变化）"], consumer_prices: ["Consumer prices", "消费价格"],
};

/** Labels of the national classification of 42 industries. @type {Record<string, string>} */
const INDUSTRIES = {
  Agriculture: "农林牧渔", "Coal mining": "煤炭采选", "Oil and gas extraction": "石油和天然气开采", "Metal ores": "金属矿采选", "Nonmetal ores": "非金属矿和其他矿采选", "Food and tobacco": "食品和烟草", Textiles: "纺织", "Garments and leather": "服装和皮革",
  "Wood and furniture": "木材和家具", "Paper and printing": "造纸、印刷和文教", "Petroleum refining": "石油加工和炼焦", Chemicals: "化学", "Non-metallic minerals": "非金属矿物制品", "Metal smelting": "金属冶炼", "Metal products": "金属制品", "General machinery": "通用设备", "Special machinery": "专用设备",
  "Transport equipment": "交通运输设备", "Electrical machinery": "电气机械和器材", Electronics: "通信设备、计算机和电子", Instruments: "仪器仪表", "Other manufacturing": "其他制造和废品", "Machinery repair": "机械和设备修理", "Electricity and heat": "电力、热力", "Gas supply": "燃气", "Water supply": "水",
  Construction: "建筑", "Wholesale and retail": "批发和零售", "Transport and storage": "交通运输、仓储和邮政", "Hotels and catering": "住宿和餐饮", "Telecom and software": "信息传输、软件和信息技术", Finance: "金融", "Real estate": "房地产", "Business services": "租赁和商务服务", "Research and development": "研究和试验发展",
  "Technical services": "综合技术服务", "Environment and public facilities": "水利、环境和公共设施", "Household services": "居民服务和修理", Education: "教育", Health: "卫生和社会工作", "Culture and sports": "文化、体育和娱乐", "Public administration": "公共管理、社会保障",
};

/** A word of the page. @param {string} key */
export const t = (key) => (chosen === "zh" ? CHINESE[key] : ENGLISH[key]) ?? ENGLISH[key] ?? key;

/** A region. @param {string} name */
export const place = (name) => (chosen === "zh" ? PLACES[name] : ENGLISH[name]) ?? name;

/** A variable of the results. @param {string} name */
export const variable = (name) => VARIABLES[name]?.[chosen === "zh" ? 1 : 0] ?? name.replaceAll("_", " ");

/** An industry. @param {string} name */
export const industry = (name) => (chosen === "zh" ? INDUSTRIES[name] : name) ?? name;
