//! Codes of the findings in study files; docs/diagnostics.md says more of each.

/// Not TOML.
pub const SYNTAX: &str = "E0200";
/// `format` is missing or of another version.
pub const FORMAT: &str = "E0201";
/// A key that this table does not have.
pub const UNKNOWN_KEY: &str = "E0202";
/// A key that this table must have.
pub const MISSING_KEY: &str = "E0203";
/// A value of the wrong type.
pub const WRONG_TYPE: &str = "E0204";
/// An industry that the accounts do not have.
pub const UNKNOWN_INDUSTRY: &str = "E0205";
/// A region that the accounts do not have.
pub const UNKNOWN_REGION: &str = "E0206";
/// A word that is not one of the possible ones.
pub const UNKNOWN_WORD: &str = "E0207";
/// A number outside its range.
pub const OUT_OF_RANGE: &str = "E0208";
/// A number that is not finite.
pub const NOT_FINITE: &str = "E0209";
/// A year outside the years of the study.
pub const YEAR_OUT_OF_RANGE: &str = "E0210";
/// Years in the wrong order.
pub const YEARS_INVERTED: &str = "E0211";
/// Not an amount of money.
pub const NOT_MONEY: &str = "E0212";
/// An amount with an unknown unit or currency.
pub const UNKNOWN_UNIT: &str = "E0213";
/// A negative amount.
pub const NEGATIVE_AMOUNT: &str = "E0214";
/// A share outside 0 to 1.
pub const NOT_A_SHARE: &str = "E0215";
/// Shares that do not sum to one.
pub const SHARES_SUM: &str = "E0216";
/// Two levers of one name.
pub const DUPLICATE_NAME: &str = "E0217";
/// A list of the wrong length.
pub const LIST_LENGTH: &str = "E0218";
/// A parameter that the model does not have.
pub const UNKNOWN_PARAMETER: &str = "E0219";
/// No exchange rate.
pub const NO_EXCHANGE_RATE: &str = "E0220";
/// An empty text.
pub const EMPTY: &str = "E0221";
/// The same name twice in a list.
pub const TWICE_IN_LIST: &str = "E0222";
/// A period that is neither a year nor months of one.
pub const BAD_PERIOD: &str = "E0223";
/// One industry and region opened by two levers.
pub const OPENED_TWICE: &str = "E0224";
/// A mix that names a lever twice.
pub const MIXED_TWICE: &str = "E0225";
/// A baseline with more given paths than free shifters, or fewer.
pub const NOT_SQUARE: &str = "E0230";
/// A path of employment above that of the labour force.
pub const JOBS_ABOVE_LABOUR_FORCE: &str = "E0231";
/// A market access lever that raises or keeps its barrier.
pub const BARRIER_NOT_LOWER: &str = "W0201";
/// A study without levers.
pub const NO_LEVERS: &str = "W0202";
/// A mix that names a lever which the study does not have.
pub const NO_SUCH_LEVER: &str = "W0203";
/// An event without construction and operation.
pub const NO_PHASE: &str = "E1501";
/// An amount in dollars without an exchange rate.
pub const NO_RATE: &str = "E1502";
/// A part of a name that several industries have.
pub const SEVERAL_INDUSTRIES: &str = "E1503";
/// A table whose money is not in yuan.
pub const TABLE_UNIT: &str = "E1504";
/// A table that lacks what an event needs, or has no solution.
pub const NO_IMPACT: &str = "E1505";
/// An event that does not say what it displaces.
pub const NO_DISPLACEMENT: &str = "W1501";
