//! The standard model of Hosoe, Gasawa & Hashimoto (Textbook of Computable General Equilibrium
//! Modelling, 2010) and its relatives: large country, monopoly, scale economies, import quota, two
//! countries. Two goods, two factors; import tariffs are abolished, or imports of bread cut by a tenth.
//!
//! Written in shares of the social accounting matrix and logarithms of ratios to it. Unknown are
//! domestic prices, outputs, composites, the rental of capital and the exchange rate; the balance
//! of payments is no equation, and is tested.

use equilibrium::{Axis, Evaluation, Expr, Graph, Settings, System, solve};

/// A table of a listing: variable, change in percent by good (or one number).
type Table = &'static [(&'static str, &'static [f64])];

/// Printed by GAMS for `stdcge`, three decimals.
const LISTING: Table = &[
    ("Xp", &[1.961, 2.510]),
    ("Xg", &[-6.850, -6.349]),
    ("Xv", &[3.851, 4.411]),
    ("E", &[17.929, 12.458]),
    ("M", &[-1.082, 18.848]),
    ("Q", &[0.062, 0.906]),
    ("D", &[0.291, -2.177]),
    ("pz", &[-1.074, -0.471]),
    ("pq", &[-1.875, -2.400]),
    ("pe", &[6.282, 6.282]),
    ("pd", &[-1.987, -0.874]),
    ("Tz", &[1.072, -1.845]),
    ("Z", &[2.169, -1.380]),
    ("epsilon", &[6.282]),
    ("Td", &[0.049]),
    ("Sg", &[-8.597]),
    ("pf", &[0.089]),
];

/// Changes in percent by model and country, to six decimals, from an independent Newton solution of
/// the models of the GAMS library (no listing of five of them is at hand).
const EXPECTED: &[(&str, &str, Table)] = &[
    (
        "standard",
        "JPN",
        &[
            ("Z", &[2.168_896, -1.380_223]),
            ("Xp", &[1.960_958, 2.509_951]),
            ("Xg", &[-6.850_367, -6.348_818]),
            ("Xv", &[3.851_388, 4.410_560]),
            ("E", &[17.929_002, 12.458_095]),
            ("M", &[-1.081_977, 18.848_191]),
            ("Q", &[0.061_779, 0.906_149]),
            ("D", &[0.291_319, -2.176_999]),
            ("pq", &[-1.874_843, -2.400_353]),
            ("pd", &[-1.987_199, -0.874_230]),
            ("pz", &[-1.073_992, -0.471_355]),
            ("pe", &[6.282_422, 6.282_422]),
            ("Tz", &[1.071_610, -1.845_072]),
            ("pf", &[0.088_830]),
            ("epsilon", &[6.282_422]),
            ("Td", &[0.049_350]),
            ("Sg", &[-8.596_777]),
            ("utility", &[2.290_000]),
        ],
    ),
    (
        "large country",
        "JPN",
        &[
            ("Z", &[0.930_388, -0.592_068]),
            ("Xp", &[0.852_258, 1.126_897]),
            ("Xg", &[-7.826_213, -7.575_207]),
            ("Xv", &[3.995_523, 4.278_722]),
            ("E", &[10.549_116, 9.416_544]),
            ("M", &[-2.776_928, 6.755_089]),
            ("Q", &[-0.630_035, 0.028_504]),
            ("D", &[-0.197_842, -1.162_691]),
            ("pq", &[-0.824_072, -1.093_412]),
            ("pd", &[-1.039_045, -0.499_182]),
            ("pz", &[-0.481_256, -0.212_369]),
            ("pe", &[4.152_944, 4.690_601]),
            ("Tz", &[0.444_655, -0.803_180]),
            ("pf", &[0.038_094]),
            ("epsilon", &[9.508_842]),
            ("Td", &[0.021_163]),
            ("Sg", &[-8.585_791]),
            ("utility", &[1.016_952]),
        ],
    ),
    (
        "monopoly",
        "JPN",
        &[
            ("Z", &[6.087_243, -2.290_950]),
            ("Xp", &[2.274_586, 1.577_640]),
            ("Xg", &[-5.955_012, -6.595_878]),
            ("Xv", &[4.722_722, 4.009_093]),
            ("E", &[25.155_180, 11.577_982]),
            ("M", &[-4.774_442, 28.147_374]),
            ("Q", &[1.397_792, 1.152_799]),
            ("D", &[2.647_668, -3.490_473]),
            ("pq", &[-4.036_208, -3.377_780]),
            ("pd", &[-4.427_296, -1.852_422]),
            ("pz", &[-2.839_238, -1.244_365]),
            ("pe", &[5.531_897, 5.531_897]),
            ("Tz", &[3.075_174, -3.506_807]),
            ("pf", &[0.175_134]),
            ("epsilon", &[5.531_897]),
            ("Td", &[-1.853_429]),
            ("Sg", &[-9.750_863]),
            ("utility", &[1.855_847]),
        ],
    ),
    (
        "scale economies",
        "JPN",
        &[
            ("Z", &[2.268_539, -1.439_667]),
            ("Xp", &[2.028_330, 2.456_603]),
            ("Xg", &[-6.784_529, -6.393_248]),
            ("Xv", &[3.913_766, 4.349_954]),
            ("E", &[18.168_824, 12.219_909]),
            ("M", &[-1.120_568, 18.981_601]),
            ("Q", &[0.123_843, 0.882_942]),
            ("D", &[0.373_659, -2.225_818]),
            ("pq", &[-1.942_523, -2.352_408]),
            ("pd", &[-2.064_625, -0.812_188]),
            ("pz", &[-1.144_522, -0.414_228]),
            ("pe", &[6.262_779, 6.262_779]),
            ("Tz", &[1.098_053, -1.847_932]),
            ("pf", &[0.092_812]),
            ("epsilon", &[6.262_779]),
            ("Td", &[0.046_406]),
            ("Sg", &[-8.595_261]),
            ("utility", &[2.285_079]),
        ],
    ),
    (
        "quota",
        "JPN",
        &[
            ("Z", &[0.701_429, -0.446_366]),
            ("Xp", &[-0.462_871, 1.458_954]),
            ("Xg", &[-0.943_409, 0.969_139]),
            ("Xv", &[-1.972_712, -0.080_038]),
            ("E", &[-5.306_743, -5.810_944]),
            ("M", &[-10.000_000, 5.845_662]),
            ("Q", &[-0.566_506, 0.753_447]),
            ("D", &[1.376_601, -0.152_602]),
            ("pq", &[1.826_383, -0.102_403]),
            ("pd", &[0.845_797, 0.349_826]),
            ("pz", &[0.509_418, 0.202_096]),
            ("pe", &[-2.535_049, -2.535_049]),
            ("Tz", &[1.214_420, -0.245_171]),
            ("pf", &[0.028_718]),
            ("epsilon", &[-2.535_049]),
            ("Td", &[1.355_057]),
            ("Sg", &[0.865_744]),
            ("utility", &[0.685_811]),
        ],
    ),
    (
        "two countries",
        "JPN",
        &[
            ("Z", &[0.632_833, -0.402_713]),
            ("Xp", &[2.526_402, 2.620_045]),
            ("Xg", &[-6.477_382, -6.391_962]),
            ("Xv", &[2.793_608, 2.887_495]),
            ("E", &[14.148_741, 25.569_342]),
            ("M", &[3.618_476, 14.326_790]),
            ("Q", &[-0.211_627, 0.465_413]),
            ("D", &[-0.968_993, -1.941_900]),
            ("pq", &[-2.450_108, -2.539_125]),
            ("pd", &[-2.077_800, -1.350_054]),
            ("pz", &[-1.289_031, -0.578_830]),
            ("pe", &[5.131_081, 11.634_113]),
            ("Tz", &[-0.664_355, -0.979_212]),
            ("pf", &[0.025_909]),
            ("epsilon", &[2.151_627]),
            ("Td", &[0.014_394]),
            ("Sg", &[-8.768_787]),
            ("utility", &[2.582_578]),
        ],
    ),
    (
        "two countries",
        "USA",
        &[
            ("Z", &[-0.841_826, 0.662_220]),
            ("Xp", &[2.029_397, 2.041_079]),
            ("Xg", &[-1.633_087, -1.621_825]),
            ("Xv", &[-0.858_489, -0.847_139]),
            ("E", &[3.618_476, 14.326_790]),
            ("M", &[14.148_741, 25.569_342]),
            ("Q", &[-0.197_842, 0.292_505]),
            ("D", &[-1.417_478, -0.896_846]),
            ("pq", &[-2.163_949, -2.175_149]),
            ("pd", &[-1.560_609, -1.589_894]),
            ("pz", &[-1.273_619, -0.818_833]),
            ("pe", &[0.922_397, 5.698_778]),
            ("Tz", &[-2.104_724, -0.162_036]),
            ("pf", &[-0.308_776]),
            ("epsilon", &[0.000_000]),
            ("Td", &[-0.178_467]),
            ("Sg", &[-3.761_696]),
            ("utility", &[2.035_238]),
        ],
    ),
];

/// Rows and columns of a social accounting matrix, by good.
struct Accounts {
    /// Inputs: product × industry.
    inputs: [f64; 4],
    /// Capital and labour: factor × industry.
    factors: [f64; 4],
    output_tax: [f64; 2],
    tariff: [f64; 2],
    household: [f64; 2],
    government: [f64; 2],
    investment: [f64; 2],
    exports: [f64; 2],
    imports: [f64; 2],
    direct_tax: f64,
    saving: f64,
    government_saving: f64,
    foreign_saving: f64,
}

const JAPAN: Accounts = Accounts {
    inputs: [21.0, 8.0, 17.0, 9.0],
    factors: [20.0, 30.0, 15.0, 25.0],
    output_tax: [5.0, 4.0],
    tariff: [1.0, 2.0],
    household: [20.0, 30.0],
    government: [19.0, 14.0],
    investment: [16.0, 15.0],
    exports: [8.0, 4.0],
    imports: [13.0, 11.0],
    direct_tax: 23.0,
    saving: 17.0,
    government_saving: 2.0,
    foreign_saving: 12.0,
};

const AMERICA: Accounts = Accounts {
    inputs: [40.0, 1.0, 17.0, 29.0],
    factors: [33.0, 30.0, 15.0, 31.0],
    output_tax: [10.0, 20.0],
    tariff: [1.0, 1.0],
    household: [30.0, 30.0],
    government: [20.0, 14.0],
    investment: [20.0, 15.0],
    exports: [13.0, 11.0],
    imports: [8.0, 4.0],
    direct_tax: 29.0,
    saving: 20.0,
    government_saving: 27.0,
    foreign_saving: -12.0,
};

/// What a model has that the standard one has not.
#[derive(Clone, Copy, Default)]
struct Variant {
    /// Part of the domestic price that is a monopolist's rent: one over the elasticity of demand.
    markup: f64,
    /// Elasticity of substitution between imported and domestic goods; 2 when none is given.
    armington: Option<f64>,
    /// Part of capital that is needed whatever the output; its price is the numeraire.
    fixed: f64,
    /// Imports of bread relative to the base; tariffs stay then.
    quota: Option<f64>,
}

#[derive(Clone, Copy)]
struct Axes {
    factor: Axis,
    input: Axis,
    good: Axis,
}

/// Prices that a country meets abroad, and its exchange rate: logarithms.
#[derive(Clone, Copy)]
struct Abroad<'g> {
    export: Expr<'g>,
    import: Expr<'g>,
    rate: Expr<'g>,
}

/// Logarithms of prices and quantities of goods.
#[derive(Clone, Copy)]
struct Goods<'g> {
    domestic_price: Expr<'g>,
    output: Expr<'g>,
    composite: Expr<'g>,
    price: Expr<'g>,
    composite_price: Expr<'g>,
    export_price: Expr<'g>,
    import_price: Expr<'g>,
    imports: Expr<'g>,
    exports: Expr<'g>,
    domestic: Expr<'g>,
    /// What a licence to import costs over the price (a rate), where there is a quota.
    scarcity: Option<Expr<'g>>,
    /// 1 for bread, 0 for milk.
    bread: Expr<'g>,
}

struct Country<'g> {
    graph: &'g Graph,
    axes: Axes,
    name: &'static str,
    accounts: &'static Accounts,
    variant: Variant,
}

fn total(values: &[f64]) -> f64 {
    values.iter().sum()
}

impl<'g> Country<'g> {
    fn by_good(&self, value: impl Fn(usize) -> f64) -> Expr<'g> {
        self.graph.data(&[self.axes.good], &[value(0), value(1)])
    }

    fn unknown(&self, name: &str, axes: &[Axis]) -> Expr<'g> {
        let zeros = vec![0.0; 2_usize.pow(axes.len() as u32)];
        self.graph.unknown(&format!("{} {name}", self.name), axes, &zeros)
    }

    fn equation(&self, name: &str, residual: Expr<'g>) {
        self.graph.equation(&format!("{} {name}", self.name), residual);
    }

    fn report(&self, name: &str, log: Expr<'g>) {
        self.graph.report(&format!("{} {name}", self.name), log);
    }

    /// Value added and inputs of an industry in the accounts, without monopoly rent.
    fn value_added(&self, good: usize) -> f64 {
        self.accounts.factors[good] + self.accounts.factors[2 + good] - self.rent(good)
    }

    fn inputs(&self, good: usize) -> f64 {
        self.accounts.inputs[good] + self.accounts.inputs[2 + good]
    }

    fn domestic(&self, good: usize) -> f64 {
        let a = self.accounts;
        let cost = a.factors[good] + a.factors[2 + good] + self.inputs(good);
        cost + a.output_tax[good] - a.exports[good]
    }

    fn rent(&self, good: usize) -> f64 {
        self.variant.markup * self.domestic(good)
    }

    fn composite(&self, good: usize) -> f64 {
        let a = self.accounts;
        let bought = a.household[good] + a.government[good] + a.investment[good];
        bought + a.inputs[2 * good] + a.inputs[2 * good + 1]
    }

    /// Capital and labour that vary with output.
    fn variable_factors(&self) -> [f64; 4] {
        let a = self.accounts.factors;
        std::array::from_fn(|at| {
            let good = at % 2;
            let kept = self.value_added(good) / (a[good] + a[2 + good]);
            let varies = if at < 2 { 1.0 - self.variant.fixed } else { 1.0 };
            a[at] * kept * varies
        })
    }

    fn fixed(&self, good: usize) -> f64 {
        self.variant.fixed * self.accounts.factors[good]
    }

    /// Adds the country's equations; logarithms of its exports and imports.
    fn write(&self, abroad: Abroad<'g>) -> [Expr<'g>; 2] {
        let goods = self.goods(abroad);
        let income = self.firms(&goods);
        self.spending(abroad, &goods, income);
        [goods.exports, goods.imports]
    }

    /// Goods on their markets: transformation with elasticity 2, substitution between sources.
    fn goods(&self, abroad: Abroad<'g>) -> Goods<'g> {
        let good = self.axes.good;
        let a = self.accounts;
        let domestic_price = self.unknown("pd", &[good]);
        let output = self.unknown("Z", &[good]);
        let composite = self.unknown("Q", &[good]);
        let export_price = abroad.export + abroad.rate;
        let import_price = abroad.import + abroad.rate;
        let sold = |g: usize| a.exports[g] / (a.exports[g] + self.domestic(g) - self.rent(g));
        let price = ((export_price * 3.0).exp() * self.by_good(sold)
            + (domestic_price * 3.0).exp() * self.by_good(|g| 1.0 - sold(g)))
        .ln()
            * (1.0 / 3.0);
        let rate = |g: usize| a.tariff[g] / a.imports[g];
        let scarcity = self.variant.quota.map(|_| self.unknown("chi", &[]));
        let bread = self.by_good(|g| f64::from(u8::from(g == 0)));
        let paid = match scarcity {
            Some(scarcity) => {
                let power = scarcity * bread * self.by_good(|g| 1.0 / (1.0 + rate(g))) + 1.0;
                import_price + power.ln()
            }
            None => import_price - self.by_good(|g| (1.0 + rate(g)).ln()),
        };
        let imported = |g: usize| (a.imports[g] + a.tariff[g]) / self.composite(g);
        let sigma = self.variant.armington.unwrap_or(2.0);
        let composite_price = ((paid * (1.0 - sigma)).exp() * self.by_good(imported)
            + (domestic_price * (1.0 - sigma)).exp() * self.by_good(|g| 1.0 - imported(g)))
        .ln()
            * (1.0 / (1.0 - sigma));
        let imports = composite + (composite_price - paid) * sigma;
        let domestic = composite + (composite_price - domestic_price) * sigma;
        let offered = output + (domestic_price - price) * 2.0;
        let exports = output + (export_price - price) * 2.0;
        self.equation("domestic market", domestic - offered);
        Goods {
            domestic_price,
            output,
            composite,
            price,
            composite_price,
            export_price,
            import_price,
            imports,
            exports,
            domestic,
            scarcity,
            bread,
        }
    }

    fn as_inputs(&self) -> Expr<'g> {
        self.graph.data(&[self.axes.input, self.axes.good], &self.accounts.inputs)
    }

    /// Profits and markets of factors; what households earn from factors.
    fn firms(&self, goods: &Goods<'g>) -> Expr<'g> {
        let Axes { factor, input, good } = self.axes;
        let Goods { output, price, composite_price, .. } = *goods;
        let rental = self.unknown("pf", &[]);
        self.report("pf", rental);
        let capital = self.graph.data(&[factor], &[1.0, 0.0]);
        let factor_price = rental * capital;
        let factors = self.variable_factors();
        let varies = |good: usize| factors[good] + factors[2 + good];
        let shares: Vec<f64> = (0..4).map(|at| factors[at] / varies(at % 2)).collect();
        let value_added =
            factor_price.contract(self.graph.data(&[factor, good], &shares), &[factor]);
        let base = |g: usize| self.value_added(g) + self.inputs(g);
        let inputs = composite_price.exp().rename(good, input);
        let cost = (value_added.exp() * self.by_good(varies)
            + inputs.contract(self.as_inputs(), &[input]))
            + (-output).exp() * self.by_good(|g| self.fixed(g));
        self.equation("profit", price.exp() - cost * self.by_good(|g| 1.0 / base(g)));
        let used = (value_added + output - factor_price).exp();
        let stock: Vec<f64> = (0..2).map(|f| total(&factors[2 * f..2 * f + 2])).collect();
        let demand = used.contract(self.graph.data(&[factor, good], &factors), &[good]);
        self.equation("factors", demand - self.graph.data(&[factor], &stock));

        (factor_price.exp() * self.graph.data(&[factor], &stock)).sum(&[factor])
            + self.fixed(0)
            + self.fixed(1)
    }

    /// Incomes of households and government, all of them spent in fixed shares.
    fn spending(&self, abroad: Abroad<'g>, goods: &Goods<'g>, mut income: Expr<'g>) {
        let Axes { input, good, .. } = self.axes;
        let a = self.accounts;
        let Goods { domestic_price, output, composite, price, composite_price, .. } = *goods;
        let Goods { import_price, imports, domestic, scarcity, bread, .. } = *goods;
        let rent = (domestic_price + domestic).exp() * self.by_good(|g| self.rent(g));
        income = income + rent.sum(&[good]);
        let value = (import_price + imports).exp();
        let mut tariffs = self.graph.scalar(0.0);
        if let (Some(scarcity), Some(quota)) = (scarcity, self.variant.quota) {
            let of_bread = bread * self.by_good(|g| a.imports[g]);
            income = income + (value * of_bread).sum(&[good]) * scarcity;
            tariffs = (value * self.by_good(|g| a.tariff[g])).sum(&[good]);
            self.equation("quota", (imports * bread).sum(&[good]) - quota.ln());
        }
        let earned = total(&a.factors);
        let output_tax = price + output;
        let taxed = (output_tax.exp() * self.by_good(|g| a.output_tax[g])).sum(&[good]);
        let revenue = income * (a.direct_tax / earned) + taxed + tariffs;
        let base_revenue = a.direct_tax + total(&a.output_tax) + total(&a.tariff);
        let saved = revenue * (a.government_saving / base_revenue);
        let investment =
            income * (a.saving / earned) + saved + abroad.rate.exp() * a.foreign_saving;
        let bought =
            |money: Expr<'g>, base: &[f64; 2]| (money * (1.0 / total(base))).ln() - composite_price;
        let household = bought(income * (1.0 - (a.direct_tax + a.saving) / earned), &a.household);
        let government = bought(revenue - saved, &a.government);
        let invested = bought(investment, &a.investment);
        let final_use = household.exp() * self.by_good(|g| a.household[g])
            + government.exp() * self.by_good(|g| a.government[g])
            + invested.exp() * self.by_good(|g| a.investment[g]);
        let as_input = output.exp().contract(self.as_inputs(), &[good]).rename(input, good);
        let wanted = (final_use + as_input) * self.by_good(|g| 1.0 / self.composite(g));
        self.equation("composites", composite - wanted.ln());

        let spent = total(&a.household);
        let utility = (household * self.by_good(|g| a.household[g] / spent)).sum(&[good]);
        for (name, value) in [
            ("Xp", household),
            ("Xg", government),
            ("Xv", invested),
            ("Tz", output_tax),
            ("Td", (income * (1.0 / earned)).ln()),
            ("Sg", (saved * (1.0 / a.government_saving)).ln()),
            ("utility", utility),
        ] {
            self.report(name, value);
        }
        self.told(abroad, goods);
    }

    /// Reports of goods, and the balance of payments in foreign currency: no equation, by Walras' law.
    fn told(&self, abroad: Abroad<'g>, goods: &Goods<'g>) {
        let a = self.accounts;
        let Goods { exports, imports, .. } = *goods;
        let sold = (abroad.export + exports).exp() * self.by_good(|g| a.exports[g]);
        let bought = (abroad.import + imports).exp() * self.by_good(|g| a.imports[g]);
        self.report("balance", (sold - bought).sum(&[self.axes.good]) + a.foreign_saving);
        for (name, value) in [
            ("Z", goods.output),
            ("E", exports),
            ("M", imports),
            ("Q", goods.composite),
            ("D", goods.domestic),
            ("pq", goods.composite_price),
            ("pd", goods.domestic_price),
            ("pz", goods.price),
            ("pe", goods.export_price + self.by_good(|_| 0.0)),
            ("epsilon", abroad.rate + 0.0),
        ] {
            self.report(name, value);
        }
    }
}

/// The model of a name as a system.
fn system(model: &str) -> System {
    let graph = Graph::new();
    let labels = |names: [&str; 2]| names.map(str::to_owned);
    let axes = Axes {
        factor: graph.axis("factor", &labels(["capital", "labour"])),
        input: graph.axis("input", &labels(["bread", "milk"])),
        good: graph.axis("good", &labels(["bread", "milk"])),
    };
    let variant = match model {
        "monopoly" => Variant { markup: 1.0 / 3.0, armington: Some(3.0), ..Variant::default() },
        "scale economies" => Variant { fixed: 0.1, ..Variant::default() },
        "quota" => Variant { quota: Some(0.9), ..Variant::default() },
        _ => Variant::default(),
    };
    let japan = Country { graph: &graph, axes, name: "JPN", accounts: &JAPAN, variant };
    let america = Country { graph: &graph, axes, name: "USA", accounts: &AMERICA, variant };
    let free = |name: &str| graph.unknown(name, &[axes.good], &[0.0; 2]);
    let given = || graph.data(&[axes.good], &[0.0; 2]);
    let rate = graph.unknown("epsilon", &[], &[0.0]);
    match model {
        "large country" => {
            let abroad = Abroad { export: free("pWe"), import: free("pWm"), rate };
            let [exports, imports] = japan.write(abroad);
            graph.equation("demand abroad", exports + abroad.export * 2.0);
            graph.equation("supply abroad", imports - abroad.import * 2.0);
        }
        "two countries" => {
            let (japanese, american) = (free("Japanese goods"), free("American goods"));
            let sent = japan.write(Abroad { export: japanese, import: american, rate });
            let back = america.write(Abroad {
                export: american,
                import: japanese,
                rate: graph.scalar(0.0),
            });
            graph.equation("Japanese goods", sent[0] - back[1]);
            // The market of American milk follows from all others.
            let bread = graph.data(&[axes.good], &[1.0, 0.0]);
            let markets = back[0] - sent[1];
            graph.equation("American bread", (markets * bread).sum(&[axes.good]));
            graph.report("JPN market left out", markets);
        }
        _ => {
            japan.write(Abroad { export: given(), import: given(), rate });
        }
    }
    graph.compile()
}

/// Solves a model from the accounts, and gives a reader of its reports.
fn solved(model: &str) -> impl FnMut(&str, &str) -> Vec<f64> {
    let system = system(model);
    let mut evaluation = Evaluation::new(&system);
    let settings = Settings { tolerance: 1e-12, ..Settings::default() };
    let found = solve(
        &system,
        &mut evaluation,
        &system.start(),
        &mut equilibrium::Memory::default(),
        &settings,
    );
    found.equilibrium().unwrap_or_else(|end| panic!("{model}: {}", end.status));
    move |country, name| evaluation.report(&system, &format!("{country} {name}")).to_vec()
}

/// Largest distance from a table, in units of its last decimal.
fn compare(model: &str, country: &str, table: Table, decimals: i32) {
    let mut report = solved(model);
    for (name, printed) in table {
        let found = report(country, name);
        assert_eq!(found.len(), printed.len(), "{model}, {name}");
        for (log, printed) in found.iter().zip(*printed) {
            let percent = 100.0 * log.exp_m1();
            let gap = (percent - printed).abs();
            assert!(
                gap <= 0.5001 * 10_f64.powi(-decimals),
                "{model}, {country}, {name}: {percent} against {printed}"
            );
        }
    }
}

#[test]
fn the_standard_model_is_the_printed_one() {
    compare("standard", "JPN", LISTING, 3);
}

#[test]
fn all_models_of_the_family_are_reproduced_to_six_decimals() {
    for (model, country, table) in EXPECTED {
        compare(model, country, table, 6);
    }
}

#[test]
fn the_balance_of_payments_follows_from_all_other_equations() {
    let models =
        ["standard", "large country", "monopoly", "scale economies", "quota", "two countries"];
    for model in models {
        let mut report = solved(model);
        let countries: &[&str] = if model == "two countries" { &["JPN", "USA"] } else { &["JPN"] };
        for country in countries {
            let balance = report(country, "balance");
            assert!(balance[0].abs() < 1e-9, "{model}, {country}: {balance:?}");
        }
        if model == "two countries" {
            let left_out = report("JPN", "market left out");
            assert!(left_out.iter().all(|gap| gap.abs() < 1e-9), "{left_out:?}");
        }
    }
}

/// Without quota, markup and tariffs to lose, the accounts solve the model.
#[test]
fn the_accounts_replicate_but_for_the_tariffs() {
    for model in ["monopoly", "scale economies", "standard"] {
        let system = system(model);
        let mut evaluation = Evaluation::new(&system);
        let mut residual = vec![0.0; system.size()];
        evaluation.residual(&system, &system.start(), &mut residual);
        // Only composites feel the tariffs at once: their prices, and what the government buys.
        let moved = |name: &str| {
            let block = system.equations().iter().find(|block| block.name == name);
            let block = block.expect("an equation");
            residual[block.start..block.start + block.size].iter().any(|x| x.abs() > 1e-12)
        };
        assert!(!moved("JPN factors"), "{model}");
        assert!(moved("JPN composites"), "{model}");
    }
}
