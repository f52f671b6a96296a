* Firms enter until margins pay their fixed cost; more varieties are worth more.
PARAMETERS
  endow  size of the economy
  ep     substitution among varieties
  index  for the report alone;
endow = 1;
ep = 5;
$ONTEXT
$MODEL:VARIETY
$SECTORS:
  X
  Y
  W
  N
  XI
$COMMODITIES:
  PX
  CX
  PY
  PW
  PZ
  PF
  PU
$CONSUMERS:
  CONS
  ENTRE
$AUXILIARY:
  XQADJ
  XPADJ
$PROD:X s:1
  O:PX  Q:80  P:1.25  A:CONS  N:XPADJ  M:-1
  I:CX  Q:80  P:1.25
$PROD:Y s:1
  O:PY  Q:100
  I:PW  Q:60
  I:PZ  Q:40
$PROD:XI s:1
  O:CX  Q:80  A:ENTRE  T:0.20
  I:PW  Q:32
  I:PZ  Q:48
$PROD:N s:1
  O:PF  Q:20
  I:PZ  Q:12
  I:PW  Q:8
$PROD:W s:1.0
  O:PU  Q:200
  I:PX  Q:80  P:1.25
  I:PY  Q:100
$DEMAND:CONS
  D:PU  Q:200
  E:PW  Q:(100*endow)
  E:PZ  Q:(100*endow)
  E:PX  Q:80  R:XQADJ
$DEMAND:ENTRE
  D:PF  Q:20
$CONSTRAINT:XQADJ
  XQADJ =E= (N**(1/(ep - 1)))*X - X;
$CONSTRAINT:XPADJ
  XPADJ =E= (N**(1/(ep - 1))) - 1;
$OFFTEXT
$SYSINCLUDE mpsgeset VARIETY
XQADJ.LO = -INF;
XPADJ.LO = -INF;
PY.FX = 1;
PX.L = 1.25;
CX.L = 1.25;
$INCLUDE VARIETY.GEN
SOLVE VARIETY USING MCP;
index = (N.L*CX.L**(1 - ep))**(1/(1 - ep));
DISPLAY index;
endow = 2;
$INCLUDE VARIETY.GEN
SOLVE VARIETY USING MCP;
