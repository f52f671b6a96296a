$TITLE Wages that cannot fall below the price of welfare
scalars tx, ty, tlx, tkx;
Scalar  u0 "share without work, at the start" / .2 /
$ontext
$model: wagefloor
$sectors:
  X Y W
$commodities:
  PX PY PL PK PW
$consumers:
  CONS
$auxiliary:
  U
$prod: X  s:1
  o: PX  q:100       a:CONS t:tx
  i: PL  q: 20  p:2  a:CONS t:tlx
  i: PK  q: 60       a:CONS t:tkx
$prod: Y  s:1
  o: PY  q:100       t:ty        ! the agent of the last tax
  i: PL  q: 60
  i: PK  q: 40
$prod: W  s:1
  o: PW  q:200
  i: PX  q:100
  i: PY  q:100
$demand: CONS
  d: PW  q:200
  e: PL  q:(80/(1-u0))
  e: PL  q:(-80/(1-u0))  r:U
  e: PK  q:100
$constraint: U
  pl =g= pw;
$offtext
$sysinclude mpsgeset wagefloor
tx = 0; ty = 0; tlx = 1; tkx = 0;
pw.fx = 1;
u.l = u0;
wagefloor.iterlim = 0;
$include WAGEFLOOR.GEN
solve WAGEFLOOR using MCP;
wagefloor.iterlim = 1000;
tlx = 1/4;  tkx = tlx;
$include WAGEFLOOR.GEN
solve WAGEFLOOR using MCP;
u.fx = u0
$include WAGEFLOOR.GEN
solve WAGEFLOOR using MCP;
display px.l, u.l;
