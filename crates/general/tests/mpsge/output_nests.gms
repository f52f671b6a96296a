* Joint outputs with a nest of their own, a tax that names two agents, an endogenous rate.
SCALAR tx /0.1/, half /0.5/;
$ONTEXT
$MODEL:JOINT
$SECTORS:
  X
  Y
$COMMODITIES:
  PX
  PY
  PZ
  PL
  PK
$CONSUMERS:
  RA
  GO
$AUXILIARY:
  TAU
$PROD:X  s:0.5 t:1 a(t):3
  O:PX  Q:60  a:
  O:PZ  Q:40  a:
  O:PY  Q:20
  I:PL  Q:60
  I:PK  Q:60
$PROD:Y  s:1
  O:PY  Q:100  A:GO T:tx  A:RA T:(tx/2)
  I:PL  Q:40   A:GO  N:TAU  M:half
  I:PK  Q:60
$DEMAND:RA s:1
  D:PX  Q:60
  D:PY  Q:120
  D:PZ  Q:30
  E:PL  Q:100
  E:PK  Q:110
$DEMAND:GO
  D:PZ  Q:10
  E:PK  Q:10
$CONSTRAINT:TAU
  TAU =E= 0.1
   * PX/PL;
$OFFTEXT
$SYSINCLUDE mpsgeset JOINT
PL.FX = 1;
$INCLUDE JOINT.GEN
SOLVE JOINT USING MCP;
