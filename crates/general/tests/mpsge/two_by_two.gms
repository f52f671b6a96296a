$TITLE Two goods, two factors, one household
SCALAR labour  Labour endowment as a share of the base year  /1/;

$ONTEXT
$MODEL:SQUARE

$SECTORS:
  X        ! first good
  Y        ! second good
  U        ! welfare

$COMMODITIES:
  PX       ! price of the first good
  PY       ! price of the second good
  PU       ! price of welfare
  PL       ! wage
  PK       ! rental

$CONSUMERS:
  RA       ! the household

$PROD:X s:1
  O:PX  Q:100
  I:PL  Q:50
  I:PK  Q:50

$PROD:Y s:1
  O:PY  Q:50
  I:PL  Q:20
  I:PK  Q:30

$PROD:U s:1
  O:PU  Q:150
  I:PX  Q:100
  I:PY  Q:50

$DEMAND:RA
  D:PU  Q:150
  E:PL  Q:(70*labour)
  E:PK  Q:80
$OFFTEXT
$SYSINCLUDE mpsgeset SQUARE

* The base year solves the model.
PX.FX = 1;
SQUARE.ITERLIM = 0;
$INCLUDE SQUARE.GEN
SOLVE SQUARE USING MCP;

* A tenth more labour.
SQUARE.ITERLIM = 1000;
labour = 1.1;
$INCLUDE SQUARE.GEN
SOLVE SQUARE USING MCP;

* The same with no price fixed.
PX.LO = 0;  PX.UP = +INF;
$INCLUDE SQUARE.GEN
SOLVE SQUARE USING MCP;
