//! What each lever does to the exogenous variables of a year.
//!
//! | lever              | variables                                                                    |
//! |--------------------|------------------------------------------------------------------------------|
//! | investment project | `extra_demand`, `extra_local`, `extra_imports` while building; `capital` when operating (see `path`); `foreign_saving` |
//! | market access      | `rent`, `resource_cost` of foreign firms                                     |
//! | free-trade zone    | `import_price`, `export_cost`, `product_tax`, `corporate_tax`, `fdi_advantage`, `extra_government` |
//! | R&D grants         | `research_spending`, which feeds the R&D stock of later years, `extra_demand` |
//! | talent             | `labour_force`, `extra_government`                                           |
//! | technology         | `labour_productivity` or `productivity`, `extra_demand`                      |
//! | trade destination  | `partner_demand`, `import_price`, `extra_government`                         |
//! | tax                | `production_tax`, `corporate_tax`, `product_tax`                             |
//! | infrastructure     | `margin_need`, `extra_demand`, `extra_government`                            |
//! | fiscal             | `extra_government`, `extra_demand`, `transfer`                               |
//!
//! Money of the study file is taken at base-year prices. What a lever costs is levied on the
//! households of those whose budget pays (`transfer`).

mod works;

use accounts::User;
use economy::exogenous::Exogenous;

use super::context::Context;
use crate::lever::{
    Bias, Budget, DrawnFrom, Fiscal, FiscalKind, FreeTradeZone, InvestmentProject, Lever,
    MarketAccess, RdGrants, RegionSplit, Skill, Talent, Technology,
};
use crate::spec::{Financing, Region};

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
            Lever::MarketAccess(lever) => self.open(lever, year, cost, exogenous),
            Lever::FreeTradeZone(lever) => self.zone(lever, year, exogenous),
            Lever::RdGrants(lever) => self.research(lever, year, exogenous),
            Lever::Talent(lever) => self.talent(lever, year, cost, exogenous),
            Lever::Technology(lever) => self.technology(lever, year, cost, exogenous),
            Lever::TradeDestination(lever) => self.destination(lever, year, cost, exogenous),
            Lever::Tax(lever) => self.tax(lever, year, exogenous),
            Lever::Infrastructure(lever) => self.infrastructure(lever, year, exogenous),
            Lever::Fiscal(lever) => self.fiscal(lever, year, exogenous),
        }
    }

    /// Households of those whose budget pays a lever pay for it.
    fn levy(&self, lever: &Lever, year: u16, exogenous: &mut Exogenous) {
        if self.study.dynamics.financing == Financing::Debt {
            return;
        }
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
        // Public money takes the place of the owners', foreign ones among them.
        let support = lever.support(year).hundred_million_cny().min(spending);
        exogenous.get_mut("foreign_saving")[0] += (spending - support) * lever.foreign_share;
        if spending == 0.0 {
            return;
        }
        let region = lever.region.index;
        let imported = spending * lever.import_content;
        let local = (spending - imported) * lever.local_sourcing;
        self.purchase(exogenous, Purchase::Investment, region, spending - imported - local);
        for (product, share) in self.imported_equipment(region).into_iter().enumerate() {
            exogenous.get_mut("extra_imports")[self.n.cell(product, region)] += imported * share;
        }
        for (product, share) in self.own_equipment(region).into_iter().enumerate() {
            exogenous.get_mut("extra_local")[self.n.cell(product, region)] += local * share;
        }
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

    /// Investment goods that a region buys from itself, by product, before tax, per unit spent on
    /// them at purchasers' prices.
    fn own_equipment(&self, region: usize) -> Vec<f64> {
        let accounts = &self.inputs.accounts;
        let user = accounts.sets.user_position(User::Investment);
        let regions = self.n.regions;
        let share = |product: usize| {
            self.model.benchmark.flow_share[(product * 2 * regions + region) * regions + region]
        };
        let own = |product: usize| accounts.use_.at(&[product, 0, user, region]) * share(product);
        let tax = |product: usize| accounts.tax.at(&[product, 0, user, region]) * share(product);
        let total: f64 = (0..self.n.products).map(|product| own(product) + tax(product)).sum();
        (0..self.n.products).map(|product| own(product) / total).collect()
    }

    fn open(&self, lever: &MarketAccess, year: u16, cost: f64, exogenous: &mut Exogenous) {
        let barriers = lever.before.iter().zip(lever.barriers(year));
        for (industry, (before, now)) in lever.industries.iter().zip(barriers) {
            for region in &lever.regions {
                for owner in 1..self.n.owners {
                    let firm = self.n.firm(industry.index, owner, region.index);
                    let rent = &mut exogenous.get_mut("rent")[firm];
                    *rent =
                        if before.rent > 0.0 { *rent * now.rent / before.rent } else { now.rent };
                    exogenous.get_mut("resource_cost")[firm] *=
                        (1.0 + now.resource_cost) / (1.0 + before.resource_cost);
                }
            }
        }
        self.govern(exogenous, &lever.regions, cost);
    }

    fn zone(&self, lever: &FreeTradeZone, year: u16, exogenous: &mut Exogenous) {
        if !(lever.from_year..=lever.to_year).contains(&year) {
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
            exogenous.get_mut("fdi_advantage")[self.n.cell(industry.index, region)] *=
                1.0 + lever.zone_share * lever.investor_advantage;
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
        let spending = lever.grants(year).hundred_million_cny() * lever.additionality;
        for (at, region) in lever.regions.iter().enumerate() {
            let spent = spending * self.split(lever, at);
            let stock = self.usual_research(lever, region.index) / lever.depreciation;
            let cells = lever.industries.iter().map(|each| self.n.cell(each.index, region.index));
            for cell in cells.filter(|_| stock > 0.0) {
                exogenous.get_mut("research_spending")[cell] += spent / stock;
                exogenous.get_mut("research_elasticity")[cell] = lever.elasticity;
                exogenous.get_mut("research_depreciation")[cell] = lever.depreciation;
            }
            self.buy_research(exogenous, region.index, spent);
        }
    }

    /// What a region spends on research in a usual year: its part of what the lever states for all its
    /// regions, or of what the accounts say of the home regions, by gross product; 0 where neither does.
    fn usual_research(&self, lever: &RdGrants, region: usize) -> f64 {
        match lever.research_spending {
            Some(money) => {
                let gdp = &self.model.benchmark.gdp;
                let all: f64 = lever.regions.iter().map(|each| gdp[each.index]).sum();
                money.hundred_million_cny() * gdp[region] / all
            }
            None => self.inputs.research_spending.unwrap_or(0.0) * self.size_share(region),
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
        let (skill, other) = match lever.skill {
            Skill::Skilled => ("skilled", "unskilled"),
            Skill::Unskilled => ("unskilled", "skilled"),
        };
        let region = lever.region.index;
        let persons = lever.persons(year);
        self.add_people(exogenous, skill, region, persons);
        match lever.drawn_from {
            DrawnFrom::Outside => {}
            DrawnFrom::Training => self.add_people(exogenous, other, region, -persons),
            DrawnFrom::Regions => {
                let others = (0..self.n.regions).filter(|each| *each != region);
                let all: f64 = others.clone().map(|each| self.people(skill, each)).sum();
                for each in others {
                    let share = self.people(skill, each) / all;
                    self.add_people(exogenous, skill, each, -persons * share);
                }
            }
        }
        self.purchase(exogenous, Purchase::Government, region, cost);
    }

    /// Labour force of a skill in a region in the base year; 0 of a skill the accounts do not have.
    fn people(&self, skill: &str, region: usize) -> f64 {
        let accounts = &self.inputs.accounts;
        let Some(skill) = accounts.sets.skill.position(skill) else { return 0.0 };
        let persons = accounts.persons.sum_to(&["skill", "region"]).at(&[skill, region]);
        persons / (1.0 - self.model.parameters.unemployment)
    }

    fn add_people(&self, exogenous: &mut Exogenous, skill: &str, region: usize, persons: f64) {
        let Some(position) = self.inputs.accounts.sets.skill.position(skill) else { return };
        let force = self.people(skill, region);
        exogenous.get_mut("labour_force")[position * self.n.regions + region] += persons / force;
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
        self.spread(exogenous, Purchase::Investment, &lever.regions, cost);
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

    /// Running cost of a measure: government purchases in its regions.
    fn govern(&self, exogenous: &mut Exogenous, regions: &[Region], amount: f64) {
        self.spread(exogenous, Purchase::Government, regions, amount);
    }

    /// Spends an amount in several regions, by their gross product.
    fn spread(
        &self,
        exogenous: &mut Exogenous,
        purchase: Purchase,
        regions: &[Region],
        amount: f64,
    ) {
        let size = |region: &Region| self.model.benchmark.gdp[region.index];
        let total: f64 = regions.iter().map(size).sum();
        for region in regions {
            self.purchase(exogenous, purchase, region.index, amount * size(region) / total);
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
