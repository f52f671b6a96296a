//! Benchmark coefficients of the regional model, from regional accounts.
//!
//! All prices are 1 in the benchmark, so values are quantities. Arrays are row-major in the order of
//! their axes; `i` industry, `o` owner, `d` region of use or of the firm, `r` region of origin,
//! `c` product, `s` source, `u` user, `m` margin, `l` skill, `p` producer of a margin.
//!
//! | here                 | shape       | meaning                                             |
//! |----------------------|-------------|-----------------------------------------------------|
//! | `cost`               | i o d       | output at producers' receipts: less licence rents   |
//! | `materials_share` …  | i o d       | share of `cost`                                     |
//! | `user_share`         | c s u d     | purchasers' value share of a source in a use        |
//! | `flow_share`         | c s r d     | delivered value share of an origin                  |
//! | `basic_part`         | c s r d     | basic value in the delivered value of a flow        |
//! | `margin_part`        | c s m r d   | margin value in the delivered value of a flow       |
//!
//! Not here: equations (`crate::model`).

use accounts::{RegionalAccounts, Sets, Table, User};

use crate::parameters::Parameters;

/// Part of capital income that licence rents may take at most, so that capital earns something.
const MOST_RENT: f64 = 0.5;

/// Why accounts cannot be calibrated.
#[derive(Debug, Clone, PartialEq)]
pub enum CalibrationError {
    /// An industry makes a product other than its own; this model has one product per industry.
    ManyProducts {
        /// Label of the cell of the make table.
        cell: String,
    },
    /// Products and industries are different lists.
    DifferentLists,
    /// A firm has output but no positive labour or capital income.
    NoFactorIncome {
        /// Industry, owner and region.
        firm: String,
    },
    /// A parameter list has the wrong length.
    WrongLength {
        /// Name of the parameter.
        name: &'static str,
        /// Length needed.
        needed: usize,
    },
}

impl std::fmt::Display for CalibrationError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ManyProducts { cell } => {
                write!(out, "industry makes more than its own product: {cell}")
            }
            Self::DifferentLists => write!(out, "products and industries are different lists"),
            Self::NoFactorIncome { firm } => {
                write!(out, "output without labour and capital income: {firm}")
            }
            Self::WrongLength { name, needed } => {
                write!(out, "parameter `{name}` needs {needed} values")
            }
        }
    }
}

impl std::error::Error for CalibrationError {}

/// Market-access barriers in the base year, as ad valorem equivalents on foreign firms' sales.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InitialBarriers {
    /// Ad valorem equivalent by industry and region, row-major; empty for none.
    pub barrier: Vec<f64>,
    /// Share of it that is rent, in the same order; the rest is real resource cost.
    pub rent_share: Vec<f64>,
}

impl InitialBarriers {
    /// Rent as a rate on producers' receipts in a cell.
    fn rent(&self, cell: usize) -> f64 {
        let at = |list: &[f64]| list.get(cell).copied().unwrap_or(0.0);
        at(&self.barrier) * at(&self.rent_share)
    }
}

/// What the base year holds beside the accounts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BaseYear {
    /// Market-access barriers.
    pub barriers: InitialBarriers,
    /// Capital stock by industry, owner and region, row-major, in the accounts' money.
    pub capital_stock: Vec<f64>,
    /// Direct investment from abroad by industry and region, row-major, in the accounts' money; at
    /// most the investment of foreign firms.
    pub fdi: Vec<f64>,
}

/// See the module header.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each array is described in the module header or by its name")]
pub struct Benchmark {
    pub sets: Sets,
    pub active: Vec<f64>,
    pub output: Vec<f64>,
    pub cost: Vec<f64>,
    pub rent_rate: Vec<f64>,
    pub materials: Vec<f64>,
    pub materials_share: Vec<f64>,
    pub value_added_share: Vec<f64>,
    pub production_tax_share: Vec<f64>,
    pub factor_share: Vec<f64>,
    pub skill_share: Vec<f64>,
    pub labour: Vec<f64>,
    pub capital_income: Vec<f64>,
    pub depreciation: Vec<f64>,
    pub capital_stock: Vec<f64>,
    pub investment: Vec<f64>,
    pub persons: Vec<f64>,
    pub owner_share: Vec<f64>,
    pub input_share: Vec<f64>,
    pub investment_share: Vec<f64>,
    pub user_share: Vec<f64>,
    pub delivered_part: Vec<f64>,
    pub tax_rate: Vec<f64>,
    pub flow_share: Vec<f64>,
    pub basic_part: Vec<f64>,
    pub margin_part: Vec<f64>,
    pub margin_share: Vec<f64>,
    pub supply: Vec<f64>,
    /// Purchasers' value by product, final user (in order of [`User::ALL`]) and region.
    pub final_use: Vec<f64>,
    pub household_share: Vec<f64>,
    pub expenditure: Vec<f64>,
    pub saving_rate: Vec<f64>,
    pub foreign_saving: f64,
    pub gdp: Vec<f64>,
}

/// Sizes of the sets, for row-major positions.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "number of labels of each set")]
pub struct Sizes {
    pub products: usize,
    pub skills: usize,
    pub industries: usize,
    pub owners: usize,
    pub regions: usize,
    pub users: usize,
    pub margins: usize,
}

impl Sizes {
    /// Sizes of the sets of some accounts.
    pub fn of(sets: &Sets) -> Self {
        Self {
            products: sets.product.len(),
            skills: sets.skill.len(),
            industries: sets.industry.len(),
            owners: sets.owner.len(),
            regions: sets.region.len(),
            users: sets.user.len(),
            margins: sets.margin.len(),
        }
    }

    /// Number of firms: industry × owner × region.
    pub fn firms(&self) -> usize {
        self.industries * self.owners * self.regions
    }

    /// Position of a firm.
    pub fn firm(&self, industry: usize, owner: usize, region: usize) -> usize {
        (industry * self.owners + owner) * self.regions + region
    }

    /// Owner of the firm at a position.
    pub fn owner_of(&self, firm: usize) -> usize {
        firm / self.regions % self.owners
    }

    /// Position of a (product, region) or (industry, region) cell.
    pub fn cell(&self, product: usize, region: usize) -> usize {
        product * self.regions + region
    }
}

/// Quotient, or `otherwise` where the whole is zero.
fn part(part: f64, whole: f64, otherwise: f64) -> f64 {
    if whole == 0.0 { otherwise } else { part / whole }
}

impl Benchmark {
    /// Coefficients of `accounts`.
    ///
    /// # Errors
    /// [`CalibrationError`] when the accounts are not of this model's kind.
    pub fn new(
        accounts: &RegionalAccounts,
        parameters: &Parameters,
        base_year: &BaseYear,
    ) -> Result<Self, CalibrationError> {
        check(accounts, parameters, base_year)?;
        let mut firms = Firms::new(accounts, base_year);
        firms.check_income(accounts)?;
        firms.shares(accounts);
        let uses = Uses::new(accounts);
        let trade = Trade::new(accounts);
        let gdp = gdp(accounts);
        let mut benchmark = assemble(accounts, firms, uses, trade, gdp);
        benchmark.households(parameters);
        Ok(benchmark)
    }

    /// Persons employed by skill and region.
    pub fn employment(&self) -> Vec<f64> {
        let n = self.sizes();
        let mut totals = vec![0.0; n.skills * n.regions];
        for (at, persons) in self.persons.iter().enumerate() {
            totals[at / n.firms() * n.regions + at % n.regions] += persons;
        }
        totals
    }

    /// Purchasers' value bought by a final user, by region.
    pub fn purchases_by_region(&self, user: User) -> Vec<f64> {
        let n = self.sizes();
        let at = User::ALL.iter().position(|each| *each == user).expect("ALL lists every user");
        let bought =
            |c: usize, d: usize| self.final_use[(c * User::ALL.len() + at) * n.regions + d];
        (0..n.regions).map(|d| (0..n.products).map(|c| bought(c, d)).sum()).collect()
    }

    /// Sizes of the sets.
    pub fn sizes(&self) -> Sizes {
        Sizes::of(&self.sets)
    }

    /// Household expenditure, saving rates, and the foreign saving that the accounts imply.
    fn households(&mut self, parameters: &Parameters) {
        let n = self.sizes();
        let household = |c: usize, d: usize| self.final_use[(c * User::ALL.len()) * n.regions + d];
        self.expenditure =
            (0..n.regions).map(|d| (0..n.products).map(|c| household(c, d)).sum()).collect();
        self.household_share = (0..n.products * n.regions)
            .map(|cell| {
                part(
                    household(cell / n.regions, cell % n.regions),
                    self.expenditure[cell % n.regions],
                    0.0,
                )
            })
            .collect();
        let income = self.household_income(parameters);
        self.saving_rate = self
            .expenditure
            .iter()
            .zip(&income)
            .map(|(spent, income)| 1.0 - spent / income)
            .collect();
        self.foreign_saving = self.foreign_balance(parameters);
    }

    /// Committed quantities and marginal budget shares of the linear expenditure system, by product
    /// and region.
    pub fn household_coefficients(&self, parameters: &Parameters) -> (Vec<f64>, Vec<f64>) {
        let n = self.sizes();
        let average = |d: usize| -> f64 {
            (0..n.products)
                .map(|c| parameters.expenditure[c] * self.household_share[n.cell(c, d)])
                .sum()
        };
        let averages: Vec<f64> = (0..n.regions).map(average).collect();
        let elasticity =
            |cell: usize| parameters.expenditure[cell / n.regions] / averages[cell % n.regions];
        let committed = |cell: usize| {
            let bought = self.household_share[cell] * self.expenditure[cell % n.regions];
            bought * (1.0 + elasticity(cell) / parameters.frisch)
        };
        let cells = 0..n.products * n.regions;
        let marginal = cells.clone().map(|cell| elasticity(cell) * self.household_share[cell]);
        (cells.clone().map(committed).collect(), marginal.collect())
    }

    /// Labour income, distributed profits of domestic firms, and licence rents, by region.
    fn household_income(&self, parameters: &Parameters) -> Vec<f64> {
        let n = self.sizes();
        let mut income = vec![0.0; n.regions];
        for (at, labour) in self.labour.iter().enumerate() {
            income[at % n.regions] += labour;
        }
        for firm in 0..n.firms() {
            let domestic = n.owner_of(firm) == 0;
            let net = (self.capital_income[firm] - self.depreciation[firm])
                * (1.0 - parameters.corporate_tax);
            let rent = self.cost[firm] * self.rent_rate[firm];
            income[firm % n.regions] +=
                rent + if domestic { parameters.distributed_profits * net } else { 0.0 };
        }
        income
    }

    /// Imports less exports plus net income of foreign owners.
    fn foreign_balance(&self, parameters: &Parameters) -> f64 {
        let n = self.sizes();
        let exports: f64 = (0..n.products * n.regions)
            .map(|cell| {
                self.final_use
                    [(cell / n.regions * User::ALL.len() + 3) * n.regions + cell % n.regions]
            })
            .sum();
        let foreign: f64 = (0..n.firms())
            .filter(|firm| n.owner_of(*firm) != 0)
            .map(|firm| {
                (self.capital_income[firm] - self.depreciation[firm])
                    * (1.0 - parameters.corporate_tax)
            })
            .sum();
        self.imports() - exports + foreign
    }

    /// Whether nothing is traded with or owned by abroad.
    pub fn is_closed(&self) -> bool {
        let n = self.sizes();
        let foreign = (0..n.firms()).filter(|firm| n.owner_of(*firm) != 0);
        self.purchases_by_region(User::Export).iter().all(|value| *value == 0.0)
            && self.imports() == 0.0
            && foreign.map(|firm| self.output[firm]).sum::<f64>() == 0.0
    }

    /// Imports at landed basic value.
    fn imports(&self) -> f64 {
        let n = self.sizes();
        let delivered = self.delivered();
        let per_source = n.regions * n.regions;
        let mut total = 0.0;
        for c in 0..n.products {
            for flow in 0..per_source {
                let at = (c * 2 + 1) * per_source + flow;
                total += delivered[(c * 2 + 1) * n.regions + flow % n.regions]
                    * self.flow_share[at]
                    * self.basic_part[at];
            }
        }
        total
    }

    /// Delivered value by product, source and region.
    fn delivered(&self) -> Vec<f64> {
        let n = self.sizes();
        let mut delivered = vec![0.0; n.products * 2 * n.regions];
        for c in 0..n.products {
            for s in 0..2 {
                for u in 0..n.users {
                    for d in 0..n.regions {
                        let at = ((c * 2 + s) * n.users + u) * n.regions + d;
                        delivered[(c * 2 + s) * n.regions + d] +=
                            self.purchases(c, u, d) * self.user_share[at] * self.delivered_part[at];
                    }
                }
            }
        }
        delivered
    }

    /// Purchasers' value of a product bought by a user.
    fn purchases(&self, c: usize, u: usize, d: usize) -> f64 {
        let n = self.sizes();
        if u >= n.industries {
            return self.final_use[(c * User::ALL.len() + u - n.industries) * n.regions + d];
        }
        let materials: f64 = (0..n.owners).map(|o| self.materials[n.firm(u, o, d)]).sum();
        self.input_share[(c * n.industries + u) * n.regions + d] * materials
    }
}

fn check(
    accounts: &RegionalAccounts,
    parameters: &Parameters,
    base_year: &BaseYear,
) -> Result<(), CalibrationError> {
    let sets = &accounts.sets;
    let n = Sizes::of(sets);
    if base_year.capital_stock.len() != n.firms() {
        return Err(CalibrationError::WrongLength { name: "capital_stock", needed: n.firms() });
    }
    if base_year.fdi.len() != n.industries * n.regions {
        let needed = n.industries * n.regions;
        return Err(CalibrationError::WrongLength { name: "fdi", needed });
    }
    if sets.product.labels != sets.industry.labels {
        return Err(CalibrationError::DifferentLists);
    }
    if parameters.expenditure.len() != sets.product.len() {
        return Err(CalibrationError::WrongLength {
            name: "expenditure",
            needed: sets.product.len(),
        });
    }
    if parameters.depreciation.len() != sets.region.len() {
        return Err(CalibrationError::WrongLength {
            name: "depreciation",
            needed: sets.region.len(),
        });
    }
    let make = &accounts.make;
    let off_diagonal = (0..make.values().len()).find(|flat| {
        let at = make.position_of(*flat);
        at[0] != at[1] && make.values()[*flat] != 0.0
    });
    off_diagonal
        .map_or(Ok(()), |flat| Err(CalibrationError::ManyProducts { cell: make.label_of(flat) }))
}

/// Cost structure of firms.
struct Firms {
    active: Vec<f64>,
    cost: Vec<f64>,
    rent_rate: Vec<f64>,
    capital_income: Vec<f64>,
    capital_stock: Vec<f64>,
    materials_share: Vec<f64>,
    value_added_share: Vec<f64>,
    production_tax_share: Vec<f64>,
    factor_share: Vec<f64>,
    skill_share: Vec<f64>,
    owner_share: Vec<f64>,
}

impl Firms {
    fn new(accounts: &RegionalAccounts, base_year: &BaseYear) -> Self {
        let barriers = &base_year.barriers;
        let n = Sizes::of(&accounts.sets);
        let output = accounts.output.values();
        let gross: Vec<f64> = accounts
            .depreciation
            .values()
            .iter()
            .zip(accounts.surplus.values())
            .map(|(a, b)| a + b)
            .collect();
        let rent_rate = |firm: usize| {
            let (industry, owner, region) =
                (firm / n.regions / n.owners, firm / n.regions % n.owners, firm % n.regions);
            if owner == 0 { 0.0 } else { barriers.rent(n.cell(industry, region)) }
        };
        let rent = |firm: usize| {
            let rate = rent_rate(firm);
            (output[firm] * rate / (1.0 + rate))
                .min(MOST_RENT * accounts.surplus.values()[firm].max(0.0))
        };
        let rents: Vec<f64> = (0..n.firms()).map(rent).collect();
        let cost: Vec<f64> =
            output.iter().zip(&rents).map(|(output, rent)| output - rent).collect();
        Self {
            active: output.iter().map(|x| f64::from(u8::from(*x > 0.0))).collect(),
            rent_rate: rents
                .iter()
                .zip(&cost)
                .map(|(rent, cost)| part(*rent, *cost, 0.0))
                .collect(),
            capital_income: gross.iter().zip(&rents).map(|(gross, rent)| gross - rent).collect(),
            capital_stock: base_year.capital_stock.clone(),
            cost,
            materials_share: vec![],
            value_added_share: vec![],
            production_tax_share: vec![],
            factor_share: vec![],
            skill_share: vec![],
            owner_share: vec![],
        }
    }

    fn check_income(&self, accounts: &RegionalAccounts) -> Result<(), CalibrationError> {
        let labour = accounts.labour.sum_to(&["industry", "owner", "region"]);
        let bad = (0..self.cost.len()).find(|firm| {
            let stock = self.capital_stock[*firm];
            self.active[*firm] > 0.0
                && !(labour.values()[*firm] > 0.0
                    && self.capital_income[*firm] > 0.0
                    && stock > 0.0)
        });
        bad.map_or(Ok(()), |firm| {
            Err(CalibrationError::NoFactorIncome { firm: accounts.output.label_of(firm) })
        })
    }

    /// Shares of cost and of value added. Firms without output get shares that make their price 1.
    fn shares(&mut self, accounts: &RegionalAccounts) {
        let n = Sizes::of(&accounts.sets);
        let labour = accounts.labour.sum_to(&["industry", "owner", "region"]);
        let labour = labour.values();
        let added = |firm: usize| labour[firm] + self.capital_income[firm];
        let firms = 0..n.firms();
        let of_cost = |value: f64, firm: usize| part(value, self.cost[firm], 0.0);
        self.materials_share =
            firms.clone().map(|f| of_cost(accounts.intermediate.values()[f], f)).collect();
        self.production_tax_share =
            firms.clone().map(|f| of_cost(accounts.production_tax.values()[f], f)).collect();
        self.value_added_share = firms.clone().map(|f| part(added(f), self.cost[f], 1.0)).collect();
        let labour_share = firms.clone().map(|f| part(labour[f], added(f), 0.0));
        let capital_share = firms.clone().map(|f| part(self.capital_income[f], added(f), 0.0));
        self.factor_share = labour_share.chain(capital_share).collect();
        let by_skill = accounts.labour.values().iter().enumerate();
        self.skill_share =
            by_skill.map(|(at, value)| part(*value, labour[at % n.firms()], 0.0)).collect();
        let supply = accounts.output.sum_to(&["industry", "region"]);
        let owner_share = |firm: usize| {
            let cell = n.cell(firm / n.regions / n.owners, firm % n.regions);
            part(accounts.output.values()[firm], supply.values()[cell], 0.0)
        };
        self.owner_share = firms.map(owner_share).collect();
    }
}

/// Composition of uses.
struct Uses {
    input_share: Vec<f64>,
    investment_share: Vec<f64>,
    user_share: Vec<f64>,
    delivered_part: Vec<f64>,
    tax_rate: Vec<f64>,
    final_use: Vec<f64>,
}

impl Uses {
    fn new(accounts: &RegionalAccounts) -> Self {
        let n = Sizes::of(&accounts.sets);
        let (use_, tax) = (&accounts.use_, &accounts.tax);
        let purchasers = Table::from_fn(
            "purchasers",
            use_.unit.clone(),
            &use_.axes().iter().collect::<Vec<_>>(),
            |at| use_.at(at) + tax.at(at),
        );
        let composite = purchasers.sum_to(&["product", "user", "destination"]);
        let by_user = composite.sum_to(&["user", "destination"]);
        let average = purchasers.sum_to(&["product", "source", "destination"]);
        let share =
            |c: usize, u: usize, d: usize| part(composite.at(&[c, u, d]), by_user.at(&[u, d]), 0.0);
        let investment = accounts.sets.user_position(User::Investment);
        let mut uses = Self {
            input_share: vec![],
            investment_share: vec![],
            user_share: vec![],
            delivered_part: vec![],
            tax_rate: vec![],
            final_use: vec![],
        };
        for c in 0..n.products {
            for u in 0..n.industries {
                uses.input_share.extend((0..n.regions).map(|d| share(c, u, d)));
            }
            uses.investment_share.extend((0..n.regions).map(|d| share(c, investment, d)));
            for u in n.industries..n.users {
                uses.final_use.extend((0..n.regions).map(|d| composite.at(&[c, u, d])));
            }
            for s in 0..2 {
                for u in 0..n.users {
                    for d in 0..n.regions {
                        let whole: f64 = (0..2).map(|s| average.at(&[c, s, d])).sum();
                        let usual =
                            part(average.at(&[c, s, d]), whole, if s == 0 { 1.0 } else { 0.0 });
                        let at = [c, s, u, d];
                        let rate = part(tax.at(&at), use_.at(&at), 0.0);
                        uses.user_share.push(part(
                            purchasers.at(&at),
                            composite.at(&[c, u, d]),
                            usual,
                        ));
                        uses.tax_rate.push(rate);
                        uses.delivered_part.push(1.0 / (1.0 + rate));
                    }
                }
            }
        }
        uses
    }
}

/// Composition of trade and margins.
struct Trade {
    flow_share: Vec<f64>,
    basic_part: Vec<f64>,
    margin_part: Vec<f64>,
    margin_share: Vec<f64>,
    supply: Vec<f64>,
}

impl Trade {
    fn new(accounts: &RegionalAccounts) -> Self {
        let margins = accounts.margin.sum_to(&["product", "source", "origin", "destination"]);
        let trade = accounts.trade.values();
        let delivered: Vec<f64> =
            trade.iter().zip(margins.values()).map(|(basic, margin)| basic + margin).collect();
        let r = accounts.sets.region.len();
        let pair = r * r;
        let totals: Vec<f64> = (0..delivered.len() / r)
            .map(|at| (0..r).map(|o| delivered[at / r * pair + o * r + at % r]).sum())
            .collect();
        let total = |flow: usize| totals[flow / pair * r + flow % r];
        let own = |flow: usize| f64::from(u8::from(flow % pair / r == flow % r));
        let m = accounts.sets.margin.len();
        let flow_of = |at: usize| at / (m * pair) * pair + at % pair;
        let supplied = accounts.margin_supply.sum_to(&["margin", "origin", "destination"]);
        let margin_share = |at: usize| {
            let producer = f64::from(u8::from(at % r == at / r % r));
            part(accounts.margin_supply.values()[at], supplied.values()[at / r], producer)
        };
        Self {
            flow_share: (0..delivered.len())
                .map(|at| part(delivered[at], total(at), own(at)))
                .collect(),
            basic_part: (0..delivered.len())
                .map(|at| part(trade[at], delivered[at], 1.0))
                .collect(),
            margin_part: (0..accounts.margin.values().len())
                .map(|at| part(accounts.margin.values()[at], delivered[flow_of(at)], 0.0))
                .collect(),
            margin_share: (0..accounts.margin_supply.values().len()).map(margin_share).collect(),
            supply: accounts.make.sum_to(&["product", "region"]).values().to_vec(),
        }
    }
}

/// Gross regional product, income side.
fn gdp(accounts: &RegionalAccounts) -> Vec<f64> {
    let parts = [
        accounts.labour.sum_to(&["region"]),
        accounts.depreciation.sum_to(&["region"]),
        accounts.surplus.sum_to(&["region"]),
        accounts.production_tax.sum_to(&["region"]),
        accounts.tax.sum_to(&["destination"]),
    ];
    (0..accounts.sets.region.len())
        .map(|d| parts.iter().map(|table| table.values()[d]).sum())
        .collect()
}

fn assemble(
    accounts: &RegionalAccounts,
    firms: Firms,
    uses: Uses,
    trade: Trade,
    gdp: Vec<f64>,
) -> Benchmark {
    Benchmark {
        sets: accounts.sets.clone(),
        active: firms.active,
        output: accounts.output.values().to_vec(),
        cost: firms.cost,
        rent_rate: firms.rent_rate,
        materials: accounts.intermediate.values().to_vec(),
        materials_share: firms.materials_share,
        value_added_share: firms.value_added_share,
        production_tax_share: firms.production_tax_share,
        factor_share: firms.factor_share,
        skill_share: firms.skill_share,
        labour: accounts.labour.values().to_vec(),
        capital_income: firms.capital_income,
        depreciation: accounts.depreciation.values().to_vec(),
        capital_stock: firms.capital_stock,
        investment: accounts.investment.values().to_vec(),
        persons: accounts.persons.values().to_vec(),
        owner_share: firms.owner_share,
        input_share: uses.input_share,
        investment_share: uses.investment_share,
        user_share: uses.user_share,
        delivered_part: uses.delivered_part,
        tax_rate: uses.tax_rate,
        final_use: uses.final_use,
        flow_share: trade.flow_share,
        basic_part: trade.basic_part,
        margin_part: trade.margin_part,
        margin_share: trade.margin_share,
        supply: trade.supply,
        household_share: vec![],
        expenditure: vec![],
        saving_rate: vec![],
        foreign_saving: 0.0,
        gdp,
    }
}
