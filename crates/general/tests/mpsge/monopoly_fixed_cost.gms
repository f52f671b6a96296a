* One firm sets its price; fixed costs come out of the endowments.
PARAMETERS
  sigma   substitution in demand (large: markups are small)  / 9 /,
  fcost   'fixed cost, base year = 1'   / 1 /
  endow   endowments, fixmarg   margin kept;
endow = 1;
$ONTEXT
$MODEL:MONO
$SECTORS:
  X
  Y
  W
$COMMODITIES:
  PU
  PX
  PY
  PW
  PZ
$CONSUMERS:
  CONS
$AUXILIARY:
  SHAREX   ! share of X in spending
  MARKUP   ! of the Marshallian demand
$PROD:X s:1
  O:PX  Q:80
+       A:CONS  N:MARKUP
  I:PW  Q:32
  I:PZ  Q:48
$REPORT:
  V:LX   I:PW  PROD:X
  V:KX   I:PZ  PROD:X
$PROD:Y s:1
  O:PY  Q:100
  I:PW  Q:60
  I:PZ  Q:40
$PROD:W s:sigma
  O:PU  Q:200
  I:PX  Q:80  P:1.25
  I:PY  Q:100
$DEMAND:CONS
  D:PU  Q:200
  E:PW  Q:(100*endow)
  E:PZ  Q:(100*endow)
  E:PW  Q:(-8*fcost)
  E:PZ  Q:(-12*fcost)
$CONSTRAINT:SHAREX
  SHAREX*(80*PX*X
    + 100*PY*Y) =G= 80*PX*X;
$CONSTRAINT:MARKUP
  MARKUP =E= 1/(sigma - (sigma - 1)*SHAREX);
$OFFTEXT
$SYSINCLUDE mpsgeset MONO
PX.L = 1.25;  SHAREX.L = 0.5;  MARKUP.L = 0.2;
SHAREX.LO = -INF;  MARKUP.LO = -INF;
CONS.FX = 200;
MONO.ITERLIM = 0;
$INCLUDE MONO.GEN
SOLVE MONO USING MCP;
MONO.ITERLIM = 1000;
fixmarg = MARKUP.L*PX.L*X.L;
DISPLAY fixmarg, LX.L;
MARKUP.FX = 0;
$INCLUDE MONO.GEN
SOLVE MONO USING MCP;
MARKUP.LO = -INF;  MARKUP.UP = INF;
MARKUP.L = 0.2;
endow = 2;
$INCLUDE MONO.GEN
SOLVE MONO USING MCP;
endow = 0.75;
$INCLUDE MONO.GEN
SOLVE MONO USING MCP;
