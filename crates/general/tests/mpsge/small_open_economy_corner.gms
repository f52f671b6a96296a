* A country that trades at given prices; two of its four trades are idle.
PARAMETERS pe1 /1/, pm2 /1/, pe2 /0.99/, pm1 /1.01/, tm2 /0/;
$ONTEXT
$MODEL:OPEN
$SECTORS:
  X1
  X2
  E1
  E2
  M1
  M2
  W
$COMMODITIES:
  P1
  P2
  PFX
  PW
  PL
  PK
$CONSUMERS:
  CONS
$PROD:X1 s:1
  O:P1   Q:150
  I:PL   Q:100
  I:PK   Q:50
$PROD:X2 s:1
  O:P2   Q:50
  I:PL   Q:20
  I:PK   Q:30
$PROD:E1
  O:PFX  Q:(50*pe1)
  I:P1   Q:50
$PROD:M2
  O:P2   Q:50
  I:PFX  Q:(50*pm2)  A:CONS  T:tm2
$PROD:E2
  O:PFX  Q:(50*pe2)
  I:P2   Q:50
$PROD:M1
  O:P1   Q:50
  I:PFX  Q:(50*pm1)
$PROD:W s:1
  O:PW   Q:200
  I:P1   Q:100
  I:P2   Q:100
$DEMAND:CONS
  D:PW   Q:200
  E:PL   Q:120
  E:PK   Q:80
$OFFTEXT
$SYSINCLUDE mpsgeset OPEN
PW.FX = 1;
E2.L = 0;  M1.L = 0;
OPEN.ITERLIM = 0;
$INCLUDE OPEN.GEN
SOLVE OPEN USING MCP;
OPEN.ITERLIM = 1000;
tm2 = 0.05;
$INCLUDE OPEN.GEN
SOLVE OPEN USING MCP;
tm2 = 0.10;
$INCLUDE OPEN.GEN
SOLVE OPEN USING MCP;
tm2 = 0;  pe1 = 1.2;  pm1 = 1.21;
$INCLUDE OPEN.GEN
SOLVE OPEN USING MCP;
