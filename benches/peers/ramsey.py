"""Writes Ramsey growth models of any length as ge-case/1 files, to compare solvers on larger models.

usage: python ramsey.py FOLDER PERIODS...        (9 × PERIODS + 3 variables each)

`expected` values, which run.py compares with, are filled in by the program named in IRONBELT, when set:
the comparison is then whether the programs agree.
"""
import json
import os
import subprocess
import sys


def ramsey(T, tax=0.1):
    """A Ramsey growth model over T periods, on its balanced path, and a tax on investment from period 10."""
    name = f"ramsey_{T}"
    g, b = 1.02, 1 / 1.08  # growth of labour, price of a good a period later
    sec=[];com=[];prod=[]
    def v(n, s): return {"name": n, "start": s}
    for t in range(T):
        for a in 'YIKC': sec.append(v(f'{a}_{t}',g**t))
    for t in range(T):
        for a in ('PY','PC','RK','PL'): com.append(v(f'{a}_{t}',b**t))
        com.append(v(f'PK_{t}',1.08*b**t))
    com.append(v('PKT',b**(T-1)))
    nk=lambda t: f'PK_{t+1}' if t<T-1 else 'PKT'
    leaf=lambda c,q,**k: dict(commodity=c,quantity=q,**k)
    nest=lambda e,*ch: dict(elasticity=e,children=list(ch))
    for t in range(T):
        tx=[{"agent":"RA","rate":"tax_late"}] if t>=10 else []
        prod+= [dict(sector=f'Y_{t}',output=nest(0,leaf(f'PY_{t}',200)),input=nest(1,leaf(f'RK_{t}',50),leaf(f'PL_{t}',150))),
          dict(sector=f'I_{t}',output=nest(0,leaf(nk(t),20)),input=nest(0,leaf(f'PY_{t}',20,**({'taxes':tx} if tx else {})))),
          dict(sector=f'K_{t}',output=nest(0,leaf(nk(t),490.0),leaf(f'RK_{t}',50)),input=nest(0,leaf(f'PK_{t}',500.0))),
          dict(sector=f'C_{t}',output=nest(0,leaf(f'PC_{t}',180)),input=nest(0,leaf(f'PY_{t}',180)))]
    pref=nest(0.5,*[leaf(f'PC_{t}',180*g**t,price=b**t) for t in range(T)])
    end=[leaf('PK_0',500.0)]+[leaf(f'PL_{t}',150*g**t) for t in range(T)]+[leaf('PKT','-TCAP')]
    return dict(format='ge-case/1',name=name,parameters={'tax_late':0},sectors=sec,commodities=com,consumers=['RA'],
      auxiliaries=[{"name":"TCAP","start":500*g**T,"lower":None,"upper":None}],production=prod,
      demands=[dict(consumer='RA',preferences=pref,endowments=end)],
      constraints=[dict(auxiliary='TCAP',expression=f'C_{T-2}*I_{T-1}-I_{T-2}*C_{T-1}')],
      scenarios=[dict(name='steady state',fix={'PC_0':1},benchmark=True),dict(name='tax',set={'tax_late':tax},fix={'PC_0':1})],size={'variables':9*T+3})


def main():
    folder, *lengths = sys.argv[1:]
    for length in map(int, lengths):
        model = ramsey(length)
        path = f"{folder}/{model['name']}.json"
        with open(path, "w", encoding="utf-8") as file:
            json.dump(model, file)
        if program := os.environ.get("IRONBELT"):
            told = subprocess.run([program, "solve", path, "--format", "json"], capture_output=True, check=True)
            for scenario, solved in zip(model["scenarios"], json.loads(told.stdout)["scenarios"]):
                scenario["expected"] = solved["values"]
                scenario["tolerance"] = {"relative": 1e-7, "absolute": 1e-9}
            with open(path, "w", encoding="utf-8") as file:
                json.dump(model, file)


main()
