// @ts-check
// The fields of levers: what they are called, in which unit, and how they are entered.
// What a value may be is decided by the study's own reader; this only chooses the input.

/**
 * @typedef {{en: string, zh: string, unit?: [string, string], input: "share" | "number" | "money" | "text" | "year" | "years" | "literal", most?: number, step?: number}} FieldKind
 * @type {Record<string, FieldKind>}
 */
export const FIELDS = {
  name: { en: "Name", zh: "名称", input: "text" },
  region: { en: "Region", zh: "地区", input: "text" },
  regions: { en: "Regions", zh: "地区", input: "literal" },
  industry: { en: "Industry", zh: "行业", input: "text" },
  industries: { en: "Industries", zh: "行业", input: "literal" },
  focus_industries: { en: "Focus industries", zh: "重点行业", input: "literal" },
  amount: { en: "Amount", zh: "金额", input: "money" },
  foreign_share: { en: "Foreign share", zh: "外资比例", input: "share" },
  build_years: { en: "Years of building", zh: "建设年份", input: "years" },
  support: { en: "Public support", zh: "政府支持", input: "literal" },
  but_for: { en: "Would not come otherwise", zh: "因方案才有的比例", input: "share" },
  local_sourcing: { en: "Bought from local firms", zh: "本地采购比例", input: "share" },
  to_year: { en: "Until", zh: "结束年份", input: "year" },
  barrier_from: { en: "Editions of the negative list", zh: "负面清单版本", input: "literal" },
  rent_share_after: { en: "Rent in the new barrier", zh: "新壁垒租金比例", input: "share" },
  drawn_from: { en: "Drawn from", zh: "来源", input: "text" },
  partner: { en: "Partner", zh: "伙伴", input: "text" },
  export_share: { en: "Share of exports", zh: "占出口比例", input: "share" },
  import_share: { en: "Share of imports", zh: "占进口比例", input: "share" },
  demand_growth: { en: "Faster growth of demand", zh: "需求额外增长", unit: ["a year", "每年"], input: "number", most: 0.2, step: 0.005 },
  cost_reduction: { en: "Cost reduction, exports", zh: "出口成本下降", unit: ["of the price", "占价格"], input: "share", most: 0.2, step: 0.005 },
  import_cost_reduction: { en: "Cost reduction, imports", zh: "进口成本下降", unit: ["of the price", "占价格"], input: "share", most: 0.2, step: 0.005 },
  change: { en: "Change of the rate", zh: "税率变化", input: "literal" },
  margin_saving: { en: "Saving of margins", zh: "流通费用节省", input: "share", most: 0.5, step: 0.01 },
  margins: { en: "Margins", zh: "流通费用", input: "literal" },
  upkeep_per_year: { en: "Upkeep a year", zh: "每年维护", input: "money" },
  schedule: { en: "Spending by year", zh: "分年支出", input: "literal" },
  operation_year: { en: "Operates from", zh: "投产年份", input: "year" },
  probability: { en: "Probability", zh: "实现概率", input: "share" },
  import_content: { en: "Imported equipment", zh: "进口设备比例", input: "share" },
  displacement: { en: "Displaces other investment", zh: "挤出比例", input: "share" },
  stage: { en: "Stage", zh: "阶段", input: "text" },
  from_year: { en: "From", zh: "起始年份", input: "year" },
  full_year: { en: "In full from", zh: "全面实施年份", input: "year" },
  barrier_before: { en: "Barrier before", zh: "原壁垒", unit: ["of sales", "占销售额"], input: "share", most: 0.5, step: 0.005 },
  barrier_after: { en: "Barrier after", zh: "新壁垒", unit: ["of sales", "占销售额"], input: "share", most: 0.5, step: 0.005 },
  rent_share: { en: "Rent in the barrier", zh: "租金比例", input: "share" },
  days_saved: { en: "Days saved at the border", zh: "通关节省天数", unit: ["days", "天"], input: "number", most: 10, step: 0.1 },
  value_of_day: { en: "Worth of a day", zh: "一天的价值", unit: ["of the value", "占货值"], input: "number", most: 0.05, step: 0.001 },
  trade_share: { en: "Share of the host's trade", zh: "占所在地贸易比例", input: "share" },
  duty_suspension: { en: "Suspension of duties", zh: "关税减免", input: "share" },
  corporate_tax_rate: { en: "Tax on profits", zh: "企业所得税率", input: "share", most: 0.4, step: 0.005 },
  zone_share: { en: "Share of focus industries", zh: "区内产出比例", input: "share" },
  cost_per_year: { en: "Cost a year", zh: "每年费用", input: "money" },
  budget: { en: "Who pays", zh: "承担预算", input: "text" },
  split: { en: "Split over regions", zh: "地区分配", input: "literal" },
  years: { en: "Years", zh: "年份", input: "years" },
  centres_per_year: { en: "Centres a year", zh: "每年中心数", input: "number", most: 200, step: 1 },
  grant: { en: "Grant per centre", zh: "每个中心补助", input: "literal" },
  additionality: { en: "R&D per yuan of grant", zh: "每元补助带动研发", input: "number", most: 3, step: 0.05 },
  elasticity: { en: "Elasticity of productivity", zh: "生产率弹性", input: "share" },
  depreciation: { en: "Depreciation", zh: "折旧率", input: "share" },
  persons_per_year: { en: "Persons a year", zh: "每年人数", unit: ["persons", "人"], input: "number", most: 50000, step: 500 },
  skill: { en: "Skill", zh: "技能", input: "text" },
  cost_per_person: { en: "Cost per person", zh: "人均费用", input: "money" },
  full_adoption: { en: "Adoption in the end", zh: "最终采用率", input: "share" },
  productivity_gain: { en: "Gain of an adopter", zh: "采用者增益", input: "share", most: 0.5, step: 0.005 },
  bias: { en: "Bias", zh: "偏向", input: "text" },
  kind: { en: "Kind", zh: "种类", input: "text" },
  source: { en: "Source", zh: "来源", input: "text" },
  status: { en: "Status of the source", zh: "来源状态", input: "text" },
  assumed: { en: "Assumed fields", zh: "假设的字段", input: "literal" },
};

/** Words that a field may have; everything else is free. @type {Record<string, string[]>} */
export const OPTIONS = {
  stage: ["talks", "signed", "construction", "operating"],
  skill: ["skilled", "unskilled"],
  bias: ["neutral", "labour"],
  drawn_from: ["outside", "regions", "training"],
  status: ["verified_at_source", "secondary_source", "from_memory_check_before_use", "assumption"],
};

/** First and last year of a literal: `[2018, 2020]`. @param {string} literal @returns {[number, number] | null} */
export function yearsOf(literal) {
  const found = /^\[\s*(\d{4})\s*,\s*(\d{4})\s*,?\s*\]$/.exec(literal);
  return found && [Number(found[1]), Number(found[2])];
}

/** A text as a TOML literal. @param {string} text */
export const quoted = (text) => `"${text.replace(/\p{Cc}/gu, " ").replace(/["\\]/g, "\\$&")}"`;

/** What a quoted literal says. @param {string} literal */
export function unquoted(literal) {
  if (literal.startsWith("'")) return literal.slice(1, -1);
  return literal.slice(1, -1).replace(/\\(["\\])/g, "$1");
}

/** Amount and the rest of a money literal: `"670 million CNY"`. @param {string} literal */
export function splitMoney(literal) {
  const found = /^"\s*(-?[\d.,]+)\s*(.*)"$/.exec(literal);
  if (!found) return null;
  const amount = Number(found[1].replaceAll(",", ""));
  return Number.isFinite(amount) ? { amount, rest: found[2] } : null;
}

/** A number as TOML writes it where a share or an amount is meant. @param {number} value */
export const numberLiteral = (value) => String(Number(value.toPrecision(10)));
