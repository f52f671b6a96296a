//! Expressions of a model file: text to tree, tree to number.
//!
//! Grammar: `+ - * / ^` (`^` binds to the right and tighter than a unary minus), parentheses,
//! decimal numbers, names, and `min max exp log sqrt abs`.
//! Not here: which names an expression may use (`crate::resolve`).

use std::ops::Range;

use equilibrium::number::Number;

/// Longest text of an expression, in bytes.
const LONGEST: usize = 100_000;
/// Deepest nesting of parentheses, signs and powers.
const DEEPEST: usize = 200;
/// Most operands of one sum or one product.
const MOST_OPERANDS: usize = 2_000;

/// A function that expressions may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Smallest of its arguments.
    Min,
    /// Largest of its arguments.
    Max,
    /// Natural exponential.
    Exp,
    /// Natural logarithm.
    Log,
    /// Square root.
    Sqrt,
    /// Absolute value.
    Abs,
}

/// The functions by the name they have in files.
const FUNCTIONS: [(&str, Function); 6] = [
    ("min", Function::Min),
    ("max", Function::Max),
    ("exp", Function::Exp),
    ("log", Function::Log),
    ("sqrt", Function::Sqrt),
    ("abs", Function::Abs),
];

impl Function {
    /// The function of a name.
    pub fn named(name: &str) -> Option<Self> {
        FUNCTIONS.iter().find(|(each, _)| each.eq_ignore_ascii_case(name)).map(|(_, f)| *f)
    }

    /// The name in files.
    pub fn name(self) -> &'static str {
        FUNCTIONS.iter().find(|(_, f)| *f == self).map_or("", |(name, _)| name)
    }
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `a + b`.
    Add,
    /// `a - b`.
    Subtract,
    /// `a * b`.
    Multiply,
    /// `a / b`.
    Divide,
    /// `a ^ b`.
    Power,
}

impl Operator {
    /// The sign in files.
    pub fn sign(self) -> char {
        match self {
            Self::Add => '+',
            Self::Subtract => '-',
            Self::Multiply => '*',
            Self::Divide => '/',
            Self::Power => '^',
        }
    }

    /// How tightly it binds.
    fn strength(self) -> u8 {
        match self {
            Self::Add | Self::Subtract => 1,
            Self::Multiply | Self::Divide => 2,
            Self::Power => 4,
        }
    }
}

/// An expression over names of kind `S`.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression<S> {
    /// A number.
    Number(f64),
    /// A name.
    Symbol(S),
    /// `-a`.
    Negative(Box<Self>),
    /// Two operands.
    Binary(Operator, Box<Self>, Box<Self>),
    /// A function of its arguments.
    Call(Function, Vec<Self>),
}

/// A name as written, with its place in the text of the expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub name: String,
    /// Bytes in the text of the expression.
    pub span: Range<usize>,
}

impl<S> Expression<S> {
    /// The value with `symbol` giving the names their numbers.
    pub fn evaluate<T: Number>(&self, symbol: &impl Fn(&S) -> T) -> T {
        match self {
            Self::Number(value) => T::constant(*value),
            Self::Symbol(name) => symbol(name),
            Self::Negative(a) => -a.evaluate(symbol),
            Self::Binary(operator, a, b) => {
                let (a, b) = (a.evaluate(symbol), b.evaluate(symbol));
                match operator {
                    Operator::Add => a + b,
                    Operator::Subtract => a - b,
                    Operator::Multiply => a * b,
                    Operator::Divide => a / b,
                    Operator::Power => a.power(b),
                }
            }
            Self::Call(function, arguments) => {
                let mut values = arguments.iter().map(|each| each.evaluate(symbol));
                let first = values.next().unwrap_or_else(|| T::constant(f64::NAN));
                match function {
                    Function::Exp => first.exp(),
                    Function::Log => first.ln(),
                    Function::Sqrt => first.sqrt(),
                    Function::Abs => first.abs(),
                    Function::Min => values.fold(first, |a, b| pick(a, b, a.value() <= b.value())),
                    Function::Max => values.fold(first, |a, b| pick(a, b, a.value() >= b.value())),
                }
            }
        }
    }

    /// The same expression with other names.
    pub fn map<R>(&self, symbol: &mut impl FnMut(&S) -> Expression<R>) -> Expression<R> {
        match self {
            Self::Number(value) => Expression::Number(*value),
            Self::Symbol(name) => symbol(name),
            Self::Negative(a) => Expression::Negative(Box::new(a.map(symbol))),
            Self::Binary(operator, a, b) => {
                let (a, b) = (a.map(symbol), b.map(symbol));
                Expression::Binary(*operator, Box::new(a), Box::new(b))
            }
            Self::Call(function, arguments) => {
                Expression::Call(*function, arguments.iter().map(|each| each.map(symbol)).collect())
            }
        }
    }

    /// Calls `visit` with every name.
    pub fn visit(&self, visit: &mut impl FnMut(&S)) {
        match self {
            Self::Number(_) => {}
            Self::Symbol(name) => visit(name),
            Self::Negative(a) => a.visit(visit),
            Self::Binary(_, a, b) => {
                a.visit(visit);
                b.visit(visit);
            }
            Self::Call(_, arguments) => arguments.iter().for_each(|each| each.visit(visit)),
        }
    }

    /// The expression as text, with `symbol` writing the names.
    pub fn write(&self, symbol: &impl Fn(&S) -> String) -> String {
        self.write_within(symbol, 0)
    }

    fn write_within(&self, symbol: &impl Fn(&S) -> String, around: u8) -> String {
        match self {
            Self::Number(value) if *value < 0.0 && around > 0 => format!("({value})"),
            Self::Number(value) => format!("{value}"),
            Self::Symbol(name) => symbol(name),
            Self::Negative(a) => {
                let text = format!("-{}", a.write_within(symbol, 3));
                if around > 1 { format!("({text})") } else { text }
            }
            Self::Binary(operator, a, b) => {
                let strength = operator.strength();
                let (left, right) = match operator {
                    Operator::Power => (strength + 1, strength),
                    Operator::Subtract | Operator::Divide => (strength, strength + 1),
                    _ => (strength, strength),
                };
                let (a, b) = (a.write_within(symbol, left), b.write_within(symbol, right));
                let text = match operator {
                    Operator::Add | Operator::Subtract => format!("{a} {} {b}", operator.sign()),
                    _ => format!("{a}{}{b}", operator.sign()),
                };
                if strength < around { format!("({text})") } else { text }
            }
            Self::Call(function, arguments) => {
                let inside: Vec<String> = arguments.iter().map(|each| each.write(symbol)).collect();
                format!("{}({})", function.name(), inside.join(", "))
            }
        }
    }
}

fn pick<T>(a: T, b: T, first: bool) -> T {
    if first { a } else { b }
}

/// Why a text is no expression: what is wrong, and the bytes it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong.
    pub message: String,
    /// Bytes in the text.
    pub span: Range<usize>,
}

/// Reads an expression.
///
/// # Errors
/// The first place where the text stops being one, or a limit on length or depth.
pub fn parse(text: &str) -> Result<Expression<Name>, SyntaxError> {
    if text.len() > LONGEST {
        let message = format!("an expression has at most {LONGEST} bytes");
        return Err(SyntaxError { message, span: 0..0 });
    }
    let mut parser = Parser { text, at: 0, depth: 0 };
    let expression = parser.sum()?;
    parser.skip_space();
    if parser.at < text.len() {
        return Err(parser.error("an operator or the end was expected here"));
    }
    Ok(expression)
}

type Parsed = Result<Expression<Name>, SyntaxError>;

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn rest(&self) -> &[u8] {
        &self.text.as_bytes()[self.at..]
    }

    fn skip_space(&mut self) {
        self.at += self.rest().iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    }

    fn error(&self, message: &str) -> SyntaxError {
        let width = self.text[self.at..].chars().next().map_or(0, char::len_utf8);
        SyntaxError { message: message.to_owned(), span: self.at..self.at + width }
    }

    /// Takes one byte when it is among `bytes`; `**` never counts as `*`.
    fn take(&mut self, bytes: &[u8]) -> Option<u8> {
        self.skip_space();
        let first = *self.rest().first()?;
        let power = self.rest().starts_with(b"**");
        if !bytes.contains(&first) || power && first == b'*' {
            return None;
        }
        self.at += 1;
        Some(first)
    }

    fn take_power(&mut self) -> bool {
        self.skip_space();
        let width = if self.rest().starts_with(b"**") {
            2
        } else {
            usize::from(self.rest().starts_with(b"^"))
        };
        self.at += width;
        width > 0
    }

    fn deeper(&mut self, inner: impl FnOnce(&mut Self) -> Parsed) -> Parsed {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.error(&format!("an expression is nested at most {DEEPEST} deep")));
        }
        let parsed = inner(self);
        self.depth -= 1;
        parsed
    }

    fn count(&self, operands: &mut usize) -> Result<(), SyntaxError> {
        *operands += 1;
        if *operands > MOST_OPERANDS {
            let message = format!("a sum or a product has at most {MOST_OPERANDS} operands");
            return Err(self.error(&message));
        }
        Ok(())
    }

    fn sum(&mut self) -> Parsed {
        let mut left = self.product()?;
        let mut operands = 1;
        while let Some(sign) = self.take(b"+-") {
            self.count(&mut operands)?;
            let operator = if sign == b'+' { Operator::Add } else { Operator::Subtract };
            left = Expression::Binary(operator, Box::new(left), Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Parsed {
        let mut left = self.signed()?;
        let mut operands = 1;
        while let Some(sign) = self.take(b"*/") {
            self.count(&mut operands)?;
            let operator = if sign == b'*' { Operator::Multiply } else { Operator::Divide };
            left = Expression::Binary(operator, Box::new(left), Box::new(self.signed()?));
        }
        Ok(left)
    }

    fn signed(&mut self) -> Parsed {
        match self.take(b"+-") {
            Some(b'-') => {
                let inner = self.deeper(Self::signed)?;
                Ok(Expression::Negative(Box::new(inner)))
            }
            Some(_) => self.deeper(Self::signed),
            None => self.power(),
        }
    }

    fn power(&mut self) -> Parsed {
        let base = self.atom()?;
        if !self.take_power() {
            return Ok(base);
        }
        let exponent = self.deeper(Self::signed)?;
        Ok(Expression::Binary(Operator::Power, Box::new(base), Box::new(exponent)))
    }

    fn atom(&mut self) -> Parsed {
        self.skip_space();
        match self.rest().first() {
            None => Err(self.error("a number or a name is missing at the end")),
            Some(b'(') => {
                self.at += 1;
                let inner = self.deeper(Self::sum)?;
                self.close()?;
                Ok(inner)
            }
            Some(byte) if byte.is_ascii_digit() || *byte == b'.' => self.number(),
            Some(byte) if byte.is_ascii_alphabetic() || *byte == b'_' => self.name(),
            Some(_) => Err(self.error("a number, a name or `(` was expected here")),
        }
    }

    fn close(&mut self) -> Result<(), SyntaxError> {
        match self.take(b")") {
            Some(_) => Ok(()),
            None => Err(self.error("`)` is missing here")),
        }
    }

    fn number(&mut self) -> Parsed {
        let start = self.at;
        let digits = |parser: &mut Self| {
            parser.at += parser.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        };
        digits(self);
        if self.rest().first() == Some(&b'.') {
            self.at += 1;
            digits(self);
        }
        let exponent = self.rest().first().is_some_and(|byte| matches!(byte, b'e' | b'E'));
        let sign = usize::from(self.rest().get(1).is_some_and(|byte| matches!(byte, b'+' | b'-')));
        if exponent && self.rest().get(1 + sign).is_some_and(u8::is_ascii_digit) {
            self.at += 1 + sign;
            digits(self);
        }
        let text = &self.text[start..self.at];
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Expression::Number(value)),
            _ => {
                let message = format!("`{text}` is no number");
                Err(SyntaxError { message, span: start..self.at })
            }
        }
    }

    fn name(&mut self) -> Parsed {
        let start = self.at;
        let part = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
        self.at += self.rest().iter().take_while(part).count();
        let name = self.text[start..self.at].to_owned();
        if self.take(b"(").is_none() {
            return Ok(Expression::Symbol(Name {
                name,
                span: start..start + self.text[start..self.at].trim_end().len(),
            }));
        }
        let Some(function) = Function::named(&name) else {
            let message = format!("`{name}` is no function: min, max, exp, log, sqrt and abs are");
            return Err(SyntaxError { message, span: start..start + name.len() });
        };
        let mut arguments = vec![self.deeper(Self::sum)?];
        while self.take(b",").is_some() {
            arguments.push(self.deeper(Self::sum)?);
        }
        self.close()?;
        let wanted = if matches!(function, Function::Min | Function::Max) { 2 } else { 1 };
        if arguments.len() != wanted && (wanted == 1 || arguments.len() < 2) {
            let message = format!(
                "`{name}` takes {wanted} {}",
                if wanted == 1 { "argument" } else { "arguments or more" }
            );
            return Err(SyntaxError { message, span: start..self.at });
        }
        Ok(Expression::Call(function, arguments))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn value(text: &str) -> f64 {
        let symbol = |name: &Name| match name.name.as_str() {
            "x" => 3.0,
            "y" => 0.5,
            _ => f64::NAN,
        };
        parse(text).expect(text).evaluate(&symbol)
    }

    #[rstest]
    #[case("2^3^2", 512.0)]
    #[case("-2^2", -4.0)]
    #[case("2^-1", 0.5)]
    #[case("2**3", 8.0)]
    #[case("1 - 2 - 3", -4.0)]
    #[case("12/3/2*5", 10.0)]
    #[case("-(x + y)*2", -7.0)]
    #[case("min(x, y) + max(x, y, 7)", 7.5)]
    #[case("exp(log(x))*sqrt(4)-abs(-1)", 5.0)]
    #[case("1e-3 + .5 + 2.", 2.501)]
    #[case("+x - -y", 3.5)]
    fn expressions_have_their_values(#[case] text: &str, #[case] expected: f64) {
        assert!((value(text) - expected).abs() < 1e-12, "{text} = {}", value(text));
    }

    #[rstest]
    #[case("", 0..0)]
    #[case("1 +", 3..3)]
    #[case("(1", 2..2)]
    #[case("2 $ 3", 2..3)]
    #[case("sin(1)", 0..3)]
    #[case("exp(1, 2)", 0..9)]
    #[case("1 2", 2..3)]
    fn faults_have_a_place(#[case] text: &str, #[case] span: Range<usize>) {
        assert_eq!(parse(text).expect_err(text).span, span);
    }

    #[test]
    fn depth_is_limited() {
        assert!(parse(&"(".repeat(100_000)).is_err());
        assert!(parse(&"-".repeat(99_999)).is_err());
        assert!(parse(&"2^".repeat(40_000)).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[-+*/^() .0-9a-zé,]{0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn what_is_written_reads_the_same(text in "x([-+*/^](x|y|2|\\(x-y\\)|-y|exp\\(y\\))){0,6}") {
            let first = value(&text);
            let written = parse(&text).expect("an expression").write(&|name: &Name| name.name.clone());
            let second = value(&written);
            prop_assert!(first.total_cmp(&second).is_eq() || first.is_nan() && second.is_nan() || (first - second).abs() < 1e-9 * first.abs(), "{text} → {written}");
        }
    }
}
