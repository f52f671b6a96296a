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
/// A market access lever that raises or keeps its barrier.
pub const BARRIER_NOT_LOWER: &str = "W0201";
/// A study without levers.
pub const NO_LEVERS: &str = "W0202";
