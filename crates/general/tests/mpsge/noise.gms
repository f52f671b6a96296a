$title A model among much that is not one
$stitle Sets, tables, reports, loops
set      row  rows of a table / a, b /;
alias (row, rows);
table    accounts(row,*)  figures
         one   two
   a       1     2
   b       3     4 ;
parameter  endow  "labour; in shares" / 1.0 /
           esub   it's the elasticity /1/
           levels(*,*)  what is told,
           shown  a number that is told;

$ontext
  Not a model: $PROD:X and the like stand in a text.
$offtext

$ontext
$MODEL:noise
$SECTORS:
  X          ! only sector
$COMMODITIES:
  PX
  PL
  PK
$CONSUMERS:
  RA
$PROD:X s:esub !t:0
  O:PX  Q:100  !P:1.2
* I:PL  Q:99
  I:PL  Q:60
  I:PK  Q:40
$REPORT:
  V:SX   O:PX  PROD:X
  V:CWI  W:RA
$DEMAND:RA
  D:PX  Q:100
  E:PL  Q:(60*endow)
  E:PK  Q:40
$offtext
$sysinclude mpsgeset noise
PX.LO = 0.001; PL.LO = 0.001;
PX.FX = 1;
noise.iterlim = 0;
noise.workspace = 64;
$include NOISE.GEN
solve noise using mcp;
abort$(abs(noise.objval) gt 1e-7) "*** it does not solve; stop ***";
noise.iterlim = 1000;
levels("X","benchmark") = X.L;
levels(row,"sum") = sum(rows, accounts(rows,"one"));
shown = SX.L/X.L;
SX.L = 1;
$onechov >%gams.scrdir%report.gms
levels("X","%replacement%") = X.L;
endow = 99;
$offecho
endow = 1.5
$include NOISE.GEN
solve noise using mcp;
loop(row, endow = 1; esub = 2;
$include NOISE.GEN
  solve other using mcp;
);
esub=0.5;
$include NOISE.GEN
solve noise using mcp;
option decimals=8
display levels;
execute_unload "noise.gdx" levels
execute 'gdxxrw.exe noise.gdx o=results.xlsx'
$exit
solve noise using mcp; this is not read
