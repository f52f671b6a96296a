* Each good is an input of the other; labour and capital stand in a nest.
SCALAR tax /0/, sigma /0.5/;
$ONTEXT
$MODEL:NESTED
$SECTORS:
  X
  Y
  W
$COMMODITIES:
  PX
  PY
  PL
  PK
  PW
$CONSUMERS:
  CONS
$PROD:X  s:sigma  va:1
  O:PX  Q:120
  I:PY  Q:20
  I:PL  Q:40  va:  A:CONS  T:tax
  I:PK  Q:60  va:  A:CONS  T:tax
$PROD:Y  s:0.75  va(s):1
  O:PY  Q:120
  I:PX  Q:20
  I:PL  Q:60  va:
  I:PK  Q:40  va:
$PROD:W  s:1
  O:PW  Q:200
  I:PX  Q:100
  I:PY  Q:100
$DEMAND:CONS
  D:PW  Q:200
  E:PL  Q:100
  E:PK  Q:100
$OFFTEXT
$SYSINCLUDE mpsgeset NESTED
PW.FX = 1;
NESTED.ITERLIM = 0;
$INCLUDE NESTED.GEN
SOLVE NESTED USING MCP;
NESTED.ITERLIM = 1000;
tax = 0.5;
$INCLUDE NESTED.GEN
SOLVE NESTED USING MCP;
tax = 0.1;
$INCLUDE NESTED.GEN
SOLVE NESTED USING MCP;
tax = 0.5;  sigma = 8;
$INCLUDE NESTED.GEN
SOLVE NESTED USING MCP;
