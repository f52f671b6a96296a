//! Built totals against published ones.

use super::input::{COMPONENTS, Input, SECTORS};
use super::national::{Area, final_user};
use super::{BuildReport, TotalRow};
use crate::identity::gross_domestic_product;
use crate::regional::{RegionalAccounts, User};
use crate::table::Table;

/// Compares the accounts with the figures they were built from.
pub(super) fn compare(
    input: &Input,
    nation: &Area,
    accounts: &RegionalAccounts,
    report: &mut BuildReport,
) {
    let mut rows = Rows { input, list: Vec::new() };
    rows.product_of_regions(accounts);
    rows.cities(accounts);
    rows.industries(accounts);
    rows.incomes(accounts);
    rows.expenditure(accounts);
    rows.owners(accounts);
    rows.city_flows(accounts);
    rows.nation(nation, accounts);
    rows.employment(accounts);
    report.totals = rows.list;
}

struct Rows<'a> {
    input: &'a Input,
    list: Vec<TotalRow>,
}

/// Value added by industry and region, duties put back into trade: I × R.
fn published_value_added(input: &Input, accounts: &RegionalAccounts) -> Table {
    let keep = ["industry", "region"];
    let mut total = accounts.labour.sum_to(&keep);
    for part in [&accounts.depreciation, &accounts.surplus, &accounts.production_tax] {
        let part = part.sum_to(&keep);
        total.values_mut().iter_mut().zip(part.values()).for_each(|(a, b)| *a += b);
    }
    let duty = accounts.tax.sum_to(&["destination"]);
    for r in 0..input.regions.len() {
        *total.at_mut(&[input.margins[0], r]) += duty.at(&[r]);
    }
    total
}

impl Rows<'_> {
    fn push(&mut self, item: String, published: f64, built: f64, note: &str) {
        let unit = self.input.money.clone();
        self.list.push(TotalRow { item, unit, published, built, note: note.to_owned() });
    }

    fn home(&self) -> std::ops::Range<usize> {
        0..self.input.home_regions()
    }

    fn product_of_regions(&mut self, accounts: &RegionalAccounts) {
        let input = self.input;
        let built = gross_domestic_product(accounts).income;
        let province: f64 = input.province.components.iter().sum();
        let cities = input.cities.value_added.column_sums();
        let scale = province / cities.iter().sum::<f64>();
        for r in self.home() {
            let item = format!("Gross regional product, {}", input.regions[r]);
            self.push(
                item,
                cities[r] * scale,
                built[r],
                "city share of the revised province; sectors are hit, so the sum may differ",
            );
        }
        let home: f64 = built[self.home()].iter().sum();
        self.push(
            format!("Gross regional product, {}", input.home),
            province,
            home,
            "revised, reconciled",
        );
    }

    fn cities(&mut self, accounts: &RegionalAccounts) {
        let input = self.input;
        let built = published_value_added(input, accounts);
        for (sector, name) in SECTORS.iter().enumerate() {
            let members: Vec<usize> =
                (0..input.size()).filter(|i| input.industries[*i].sector == sector).collect();
            let of = |r: usize| members.iter().map(|i| built.at(&[*i, r])).sum::<f64>();
            let province: f64 = self.home().map(of).sum();
            let published = input.cities.value_added.row(sector);
            for r in self.home() {
                let item = format!("Value added, {name} sector, {}", input.regions[r]);
                let target = published[r] * province / published.iter().sum::<f64>();
                self.push(item, target, of(r), "city share of the province's sector");
            }
        }
    }

    fn industries(&mut self, accounts: &RegionalAccounts) {
        let input = self.input;
        let value_added = published_value_added(input, accounts);
        for (group, name) in input.groups.iter().enumerate() {
            let members = (0..input.size()).filter(|i| input.industries[*i].group == group);
            let built: f64 = members
                .flat_map(|i| self.home().map(move |r| (i, r)))
                .map(|(i, r)| value_added.at(&[i, r]))
                .sum();
            self.push(
                format!("Value added, {name}, {}", input.home),
                input.province.group_value_added[group],
                built,
                "duties counted in trade",
            );
        }
        let output = accounts.output.sum_to(&["industry", "region"]);
        let duty = accounts.tax.sum_to(&["destination"]);
        for (i, industry) in input.industries.iter().enumerate() {
            let added = if i == input.margins[0] { 1.0 } else { 0.0 };
            let built: f64 = self.home().map(|r| output.at(&[i, r]) + added * duty.at(&[r])).sum();
            self.push(
                format!("Output, {}, {}", industry.label, input.home),
                input.province.output[i],
                built,
                "duties counted in trade",
            );
        }
    }

    fn incomes(&mut self, accounts: &RegionalAccounts) {
        let duty = &accounts.tax.sum_to(&["destination"]);
        let tables =
            [&accounts.labour, &accounts.production_tax, &accounts.depreciation, &accounts.surplus];
        for (k, table) in tables.into_iter().enumerate() {
            let by_region = table.sum_to(&["region"]);
            let duties = if k == super::input::PRODUCTION_TAX { 1.0 } else { 0.0 };
            let built = self.home().map(|r| by_region.at(&[r]) + duties * duty.at(&[r])).sum();
            let item = format!("{}, {}", COMPONENTS[k].replace('_', " "), self.input.home);
            self.push(
                item,
                self.input.province.components[k],
                built,
                "duties counted in production tax",
            );
        }
    }

    fn expenditure(&mut self, accounts: &RegionalAccounts) {
        let province = self.input.province.clone();
        let bought = accounts.use_.sum_to(&["user", "destination"]);
        let taxed = accounts.tax.sum_to(&["user", "destination"]);
        let wanted = [
            province.household,
            province.government,
            province.investment,
            province.export,
            province.inventory,
        ];
        for (user, published) in User::ALL.into_iter().zip(wanted) {
            let u = accounts.sets.user_position(user);
            let built = self.home().map(|r| bought.at(&[u, r]) + taxed.at(&[u, r])).sum();
            self.push(
                format!("{}, {}", user.name(), self.input.home),
                published,
                built,
                "reconciled, purchasers' value",
            );
        }
        self.imports(accounts);
        let net = gross_domestic_product(accounts).net_outflow;
        let built = net[self.home()].iter().sum();
        let item = format!("net outflow to other provinces, {}", self.input.home);
        self.push(item, province.net_outflow, built, "follows from the others");
    }

    fn imports(&mut self, accounts: &RegionalAccounts) {
        let (province, home) = (&self.input.province, &self.input.home);
        let sum = |axis: &str| -> f64 {
            let flows = accounts.trade.sum_to(&["source", axis]);
            self.home().map(|r| flows.at(&[1, r])).sum()
        };
        let (by_destination, by_port) = (sum("destination"), sum("origin"));
        let item = format!("imports by destination, {home}");
        self.push(item, province.import, by_destination, "reconciled");
        let through = province.import * province.port_import_ratio;
        let note = "by place of business, scaled as the imports by destination";
        self.push(format!("imports by port, {home}"), through, by_port, note);
    }

    fn owners(&mut self, accounts: &RegionalAccounts) {
        let input = self.input;
        for (i, industry) in input.industries.iter().enumerate() {
            let of = |o: usize| self.home().map(|r| accounts.output.at(&[i, o, r])).sum::<f64>();
            let built = of(1) / (of(0) + of(1)).max(f64::MIN_POSITIVE);
            let note = if input.census[i].is_some() { "census" } else { "assumption" };
            self.list.push(TotalRow {
                item: format!("Foreign share of output, {}, {}", industry.label, input.home),
                unit: "share".to_owned(),
                published: super::owners::foreign_output_share(input, i),
                built,
                note: note.to_owned(),
            });
        }
    }

    /// How much of what a region buys from a sector it makes itself: city flows are of intermediate
    /// use before their fit to supply and demand, the accounts of all uses after it.
    fn city_flows(&mut self, accounts: &RegionalAccounts) {
        let input = self.input;
        let trade = accounts.trade.sum_to(&["source", "product", "origin", "destination"]);
        for (sector, name) in SECTORS.iter().enumerate() {
            let products = (0..input.size()).filter(|c| input.industries[*c].sector == sector);
            let products: Vec<usize> = products.collect();
            let flow =
                |r: usize, d: usize| products.iter().map(|c| trade.at(&[0, *c, r, d])).sum::<f64>();
            let published = &input.cities.flows[sector];
            for d in self.home() {
                let all: f64 = (0..input.regions.len()).map(|r| flow(r, d)).sum();
                self.list.push(TotalRow {
                    item: format!("Own share of {name} products used in {}", input.regions[d]),
                    unit: "share".to_owned(),
                    published: published.at(d, d) / published.column_sum(d),
                    built: flow(d, d) / all,
                    note: "city flows are of intermediate use, built is of all uses".to_owned(),
                });
            }
        }
    }

    fn nation(&mut self, nation: &Area, accounts: &RegionalAccounts) {
        let gdp: f64 = gross_domestic_product(accounts).expenditure.iter().sum();
        self.push(
            "Gross domestic product, nation".to_owned(),
            self.input.national.components.total(),
            gdp,
            "national input-output table",
        );
        let built = accounts.output.total() + accounts.tax.total();
        self.push(
            "Gross output, nation".to_owned(),
            nation.output.iter().sum(),
            built,
            "duties counted in trade",
        );
        let use_ = accounts.use_.sum_to(&["user"]);
        let tax = accounts.tax.sum_to(&["user"]);
        for user in User::ALL {
            let u = final_user(self.input.size(), user);
            let item = format!("{}, nation", user.name());
            self.push(
                item,
                nation.purchases(u),
                use_.at(&[u]) + tax.at(&[u]),
                "national input-output table",
            );
        }
        let imports = accounts.trade.sum_to(&["source"]).at(&[1]);
        self.push(
            "imports, nation".to_owned(),
            nation.imported.total(),
            imports,
            "national input-output table",
        );
    }

    fn employment(&mut self, accounts: &RegionalAccounts) {
        let persons = accounts.persons.sum_to(&["region"]);
        let [home, nation] = self.input.assumptions.employment;
        let at_home: f64 = self.home().map(|r| persons.at(&[r])).sum();
        for (name, published, built) in [
            (self.input.home.as_str(), home.total, at_home),
            ("nation", nation.total, persons.total()),
        ] {
            self.list.push(TotalRow {
                item: format!("Persons employed, {name}"),
                unit: "persons".to_owned(),
                published,
                built,
                note: "assumed total".to_owned(),
            });
        }
    }
}
