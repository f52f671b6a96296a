//! What each lever does to the exogenous variables of a year.
//!
//! | lever              | variables                                                                    |
//! |--------------------|------------------------------------------------------------------------------|
//! | investment project | `extra_demand`, `extra_imports` while building; `capital` when operating (see `path`); `foreign_saving` |
//! | market access      | `rent`, `resource_cost` of foreign firms                                     |
//! | free-trade zone    | `import_price`, `export_cost`, `product_tax`, `corporate_tax`, `extra_government` |
//! | R&D grants         | `productivity` through the R&D stock, `extra_demand`                         |
//! | talent             | `labour_force`, `extra_government`                                           |
//! | technology         | `labour_productivity` or `productivity`, `extra_demand`                      |
//! | fiscal             | `extra_government`, `extra_demand`, `transfer`                               |
//!
//! Money of the study file is taken at base-year prices. What a lever costs is levied on the
//! households of those whose budget pays (`transfer`).

use accounts::User;
use economy::exogenous::Exogenous;

use super::context::Context;
use crate::lever::{
    Bias, Budget, Fiscal, FiscalKind, FreeTradeZone, InvestmentProject, Lever, MarketAccess,
    RdGrants, RegionSplit, Skill, Talent, Technology,
};

/// Where purchases go.
#[derive(Clone, Copy)]
enum Purchase {
    Government,
    Investment,
}

impl Context<'_> {
    /// Puts a lever into the exogenous variables of a year.
    pub(crate) fn apply(&self, lever: &Lever, year: u16, exogenous: &mut Exogenous) {
        self.levy(lever, year, exogenous);
        let cost = lever.cost(year).iter().map(|(_, money)| money.hundred_million_cny()).sum();
        match lever {
            Lever::InvestmentProject(lever) => self.build(lever, year, exogenous),
            Lever::MarketAccess(lever) => self.open(lever, year, exogenous),
            Lever::FreeTradeZone(lever) => self.zone(lever, year, exogenous),
            Lever::RdGrants(lever) => self.research(lever, year, exogenous),
            Lever::Talent(lever) => self.talent(lever, year, cost, exogenous),
            Lever::Technology(lever) => self.technology(lever, year, cost, exogenous),
            Lever::Fiscal(lever) => self.fiscal(lever, year, exogenous),
        }
    }

    /// Households of those whose budget pays a lever pay for it.
    fn levy(&self, lever: &Lever, year: u16, exogenous: &mut Exogenous) {
        for (budget, money) in lever.cost(year) {
            let amount = money.hundred_million_cny();
            for region in 0..self.n.regions {
                exogenous.get_mut("transfer")[region] -=
                    amount * self.budget_share(&budget, region);
            }
        }
    }

    /// Share of a region in what a budget pays: by gross product where several regions pay.
    pub(crate) fn budget_share(&self, budget: &Budget, region: usize) -> f64 {
        let gdp = &self.model.benchmark.gdp;
        match budget {
            Budget::Region(payer) => f64::from(u8::from(payer.index == region)),
            Budget::Province if self.home.contains(&region) => self.size_share(region),
            Budget::Province => 0.0,
            Budget::Central => gdp[region] / gdp.iter().sum::<f64>(),
        }
    }

    fn build(&self, lever: &InvestmentProject, year: u16, exogenous: &mut Exogenous) {
        let spending = lever.expected_new_spending(year).hundred_million_cny();
        if spending == 0.0 {
            return;
        }
        let region = lever.region.index;
        let imported = spending * lever.import_content;
        self.purchase(exogenous, Purchase::Investment, region, spending - imported);
        for (product, share) in self.imported_equipment(region).into_iter().enumerate() {
            exogenous.get_mut("extra_imports")[self.n.cell(product, region)] += imported * share;
        }
        exogenous.get_mut("foreign_saving")[0] += spending * lever.foreign_share;
    }

    /// Capital of a project that starts to work in a year, by firm: the foreign part to foreign
    /// firms of the industry, or to domestic ones where there are none.
    pub(crate) fn started(&self, lever: &InvestmentProject, year: u16) -> Vec<(usize, f64)> {
        let spent = |year: u16| lever.expected_new_spending(year).hundred_million_cny();
        let amount: f64 = match year.cmp(&lever.operation_year) {
            std::cmp::Ordering::Less => 0.0,
            std::cmp::Ordering::Equal => (lever.build_years.0..year).map(spent).sum(),
            std::cmp::Ordering::Greater => spent(year - 1),
        };
        let stock = &self.model.benchmark.capital_stock;
        let shares = [1.0 - lever.foreign_share, lever.foreign_share];
        let firm = |owner: usize| self.n.firm(lever.industry.index, owner, lever.region.index);
        let host = |owner: usize| {
            [firm(owner), firm(1 - owner)].into_iter().find(|firm| stock[*firm] > 0.0)
        };
        (0..2).filter_map(|owner| Some((host(owner)?, amount * shares[owner]))).collect()
    }

    /// Imported investment goods of a region by product, before duty, per unit spent on them.
    fn imported_equipment(&self, region: usize) -> Vec<f64> {
        let accounts = &self.inputs.accounts;
        let user = accounts.sets.user_position(User::Investment);
        let landed = |product: usize| accounts.use_.at(&[product, 1, user, region]);
        let duty = |product: usize| accounts.tax.at(&[product, 1, user, region]);
        let total: f64 = (0..self.n.products).map(|product| landed(product) + duty(product)).sum();
        (0..self.n.products).map(|product| landed(product) / total).collect()
    }

    fn open(&self, lever: &MarketAccess, year: u16, exogenous: &mut Exogenous) {
        let barrier = lever.barrier(year);
        let cost = |barrier: f64| 1.0 + (1.0 - lever.rent_share) * barrier;
        for industry in &lever.industries {
            for region in &lever.regions {
                for owner in 1..self.n.owners {
                    let firm = self.n.firm(industry.index, owner, region.index);
                    if lever.barrier_before > 0.0 {
                        exogenous.get_mut("rent")[firm] *= barrier / lever.barrier_before;
                    }
                    exogenous.get_mut("resource_cost")[firm] *=
                        cost(barrier) / cost(lever.barrier_before);
                }
            }
        }
    }

    fn zone(&self, lever: &FreeTradeZone, year: u16, exogenous: &mut Exogenous) {
        if year < lever.from_year {
            return;
        }
        let region = lever.region.index;
        let saved = 1.0 - lever.days_saved * lever.value_of_day * lever.trade_share;
        for product in (0..self.n.products).filter(|product| self.goods[*product]) {
            let cell = self.n.cell(product, region);
            exogenous.get_mut("import_price")[cell] *= saved;
            exogenous.get_mut("export_cost")[cell] *= saved;
            self.suspend_duty(
                exogenous,
                product,
                region,
                lever.trade_share * lever.duty_suspension,
            );
        }
        for industry in &lever.focus_industries {
            for owner in 0..self.n.owners {
                let firm = self.n.firm(industry.index, owner, region);
                let rate = &mut exogenous.get_mut("corporate_tax")[firm];
                *rate += lever.zone_share * (lever.corporate_tax_rate - *rate);
            }
        }
        self.purchase(
            exogenous,
            Purchase::Government,
            region,
            lever.cost_per_year.hundred_million_cny(),
        );
    }

    /// Industries of a region pay less of the tax on an imported product.
    fn suspend_duty(&self, exogenous: &mut Exogenous, product: usize, region: usize, share: f64) {
        for user in 0..self.n.industries {
            let at = ((product * 2 + 1) * self.n.users + user) * self.n.regions + region;
            exogenous.get_mut("product_tax")[at] *= 1.0 - share;
        }
    }

    fn research(&self, lever: &RdGrants, year: u16, exogenous: &mut Exogenous) {
        let spending = |year: u16| lever.grants(year).hundred_million_cny() * lever.additionality;
        // Stock at the start of the year, of grants in earlier years.
        let added = (lever.years.0..year)
            .fold(0.0, |stock, year| stock * (1.0 - lever.depreciation) + spending(year));
        let usual = self.inputs.research_spending.unwrap_or(0.0) / lever.depreciation;
        for (at, region) in lever.regions.iter().enumerate() {
            let share = self.split(lever, at);
            let stock = usual * self.size_share(region.index);
            if stock > 0.0 {
                let gain = (1.0 + added * share / stock).powf(lever.elasticity);
                for industry in &lever.industries {
                    for owner in 0..self.n.owners {
                        let firm = self.n.firm(industry.index, owner, region.index);
                        exogenous.get_mut("productivity")[firm] *= gain;
                    }
                }
            }
            self.buy_research(exogenous, region.index, spending(year) * share);
        }
    }

    /// Share of a lever's region in its grants.
    fn split(&self, lever: &RdGrants, at: usize) -> f64 {
        match &lever.split {
            RegionSplit::Shares(shares) => shares[at],
            RegionSplit::BySize => {
                let size = |region: usize| self.model.benchmark.gdp[region];
                let total: f64 = lever.regions.iter().map(|region| size(region.index)).sum();
                size(lever.regions[at].index) / total
            }
        }
    }

    fn buy_research(&self, exogenous: &mut Exogenous, region: usize, amount: f64) {
        match self.research {
            Some(product) => {
                exogenous.get_mut("extra_demand")[self.n.cell(product, region)] += amount;
            }
            None => self.purchase(exogenous, Purchase::Investment, region, amount),
        }
    }

    fn talent(&self, lever: &Talent, year: u16, cost: f64, exogenous: &mut Exogenous) {
        let name = match lever.skill {
            Skill::Skilled => "skilled",
            Skill::Unskilled => "unskilled",
        };
        let Some(skill) = self.inputs.accounts.sets.skill.position(name) else { return };
        let region = lever.region.index;
        let persons =
            self.inputs.accounts.persons.sum_to(&["skill", "region"]).at(&[skill, region]);
        let labour_force = persons / (1.0 - self.model.parameters.unemployment);
        exogenous.get_mut("labour_force")[skill * self.n.regions + region] +=
            lever.persons(year) / labour_force;
        self.purchase(exogenous, Purchase::Government, region, cost);
    }

    fn technology(&self, lever: &Technology, year: u16, cost: f64, exogenous: &mut Exogenous) {
        let name = match lever.bias {
            Bias::Labour => "labour_productivity",
            Bias::Neutral => "productivity",
        };
        for industry in &lever.industries {
            for region in &lever.regions {
                for owner in 0..self.n.owners {
                    let firm = self.n.firm(industry.index, owner, region.index);
                    exogenous.get_mut(name)[firm] *= 1.0 + lever.gain(year);
                }
            }
        }
        let total: f64 =
            lever.regions.iter().map(|region| self.model.benchmark.gdp[region.index]).sum();
        for region in &lever.regions {
            let share = self.model.benchmark.gdp[region.index] / total;
            self.purchase(exogenous, Purchase::Investment, region.index, cost * share);
        }
    }

    fn fiscal(&self, lever: &Fiscal, year: u16, exogenous: &mut Exogenous) {
        let amount = lever.spending(year).hundred_million_cny();
        let region = lever.region.index;
        match lever.kind {
            FiscalKind::GovernmentConsumption => {
                self.purchase(exogenous, Purchase::Government, region, amount);
            }
            FiscalKind::GovernmentInvestment => {
                self.purchase(exogenous, Purchase::Investment, region, amount);
            }
            FiscalKind::HouseholdTransfer => exogenous.get_mut("transfer")[region] += amount,
        }
    }

    /// Spends an amount in a region as its government or its investors usually do.
    fn purchase(&self, exogenous: &mut Exogenous, purchase: Purchase, region: usize, amount: f64) {
        let (name, user) = match purchase {
            Purchase::Government => ("extra_government", User::Government),
            Purchase::Investment => ("extra_demand", User::Investment),
        };
        for (product, share) in self.purchase_shares(user, region).into_iter().enumerate() {
            exogenous.get_mut(name)[self.n.cell(product, region)] += amount * share;
        }
    }
}
