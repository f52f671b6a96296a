* One country, two sectors, three goods: a tariff is replaced by other taxes.
SCALARS
  d0 /218.308/, x0 /106.386/, kd0 /143.862/, ly0 /163.32/, m0 /144.701/
  a0 /413.653/, g0 /35.583/, i0 /86.376/, bopdef /38.315/
  tx, tk, tl, ta, tm0, tm, px0, rr0, pl0, pm0, l0, c0, dtax
  etadx    transformation of output /4/
  sigmadm  substitution of imports /4/
  esubkl   substitution of factors /1/
  sigma    substitution of leisure /0.4/;
tx = 1.136/106.386;  tk = 12.837/143.862;  tl = 3.539/163.320;
ta = 32.027/413.653;  tm0 = 18.617/144.701;  tm = tm0;
px0 = 1 - tx;  rr0 = 1 + tk;  pl0 = 1 + tl;  pm0 = 1 + tm0;
l0 = 0.75*ly0;  c0 = a0 - i0 - g0;
dtax = g0 - bopdef - tm0*m0 - ta*a0 - tl*ly0 - tk*kd0 - tx*x0;
$ONTEXT
$MODEL:ONETWO3
$SECTORS:
  Y
  A
  M
  X
$COMMODITIES:
  PD
  PX
  PM
  PA
  PL
  RK
  PFX
$CONSUMERS:
  HH
  GOVT
$AUXILIARY:
  TAU_LS
  TAU_TL
  UR
$PROD:Y  t:etadx s:esubkl
  O:PD   Q:d0
  O:PX   Q:x0   P:px0  A:GOVT  T:tx
  I:RK   Q:kd0  P:rr0  A:GOVT  T:tk
  I:PL   Q:ly0  P:pl0  A:GOVT  T:tl  N:TAU_TL
$PROD:A  s:sigmadm
  O:PA   Q:a0          A:GOVT  T:ta
  I:PD   Q:d0
  I:PM   Q:m0   P:pm0  A:GOVT  T:tm
$PROD:M
  O:PM   Q:m0
  I:PFX  Q:m0
$PROD:X
  O:PFX  Q:x0
  I:PX   Q:x0
$DEMAND:GOVT
  D:PA
  E:PFX  Q:bopdef
  E:PA   Q:dtax
  E:PA   Q:g0  R:TAU_LS
$DEMAND:HH  s:sigma
  D:PA   Q:c0
  D:PL   Q:l0
  E:PA   Q:(-g0)  R:TAU_LS
  E:PA   Q:(-dtax)
  E:PA   Q:(-i0)
  E:RK   Q:kd0
  E:PL   Q:(ly0 + l0)
  E:PL   Q:(-(ly0 + l0))  R:UR
$CONSTRAINT:UR
  PL =G= PA;
$CONSTRAINT:TAU_LS
  GOVT =E= PA*g0;
$CONSTRAINT:TAU_TL
  GOVT =E= PA*g0;
$OFFTEXT
$SYSINCLUDE mpsgeset ONETWO3
HH.FX = 414.184;
UR.FX = 0;
TAU_TL.FX = 0;
TAU_LS.UP = INF;  TAU_LS.LO = -INF;
ONETWO3.ITERLIM = 0;
$INCLUDE ONETWO3.GEN
SOLVE ONETWO3 USING MCP;
ABORT$(ONETWO3.OBJVAL > 1E-4) "The base year; it does not solve.";
ONETWO3.ITERLIM = 10000;
tm = 0;
$INCLUDE ONETWO3.GEN
SOLVE ONETWO3 USING MCP;
HH.FX = 427.4988518;
TAU_LS.FX = 0;  TAU_TL.UP = +INF;  TAU_TL.LO = -INF;
$INCLUDE ONETWO3.GEN
SOLVE ONETWO3 USING MCP;
UR.UP = INF;
TAU_TL.FX = 0;  TAU_LS.UP = INF;  TAU_LS.LO = -INF;
$INCLUDE ONETWO3.GEN
SOLVE ONETWO3 USING MCP;
HH.FX = 441.2417391;
TAU_LS.FX = 0;  TAU_TL.UP = INF;  TAU_TL.LO = -INF;
$INCLUDE ONETWO3.GEN
SOLVE ONETWO3 USING MCP;
