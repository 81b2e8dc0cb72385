"""What invented residents want mended first, in their own words.

Some wrote a number, a door or a name although the question asks them not to. Every person and number is invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Wish:
    """``theme``: the number of a theme of the list that is offered; 0 for none. ``good``: worth printing."""

    words: str
    theme: int = 0
    good: bool = False


WISHES: Final = (
    Wish("多划一些停车位", 2),
    Wish("晚上回来没地方停车，绕两圈还是停在路边", 2, good=True),
    Wish("电动车充电桩太少，大家从楼上拉线充，看着害怕", 5, good=True),
    Wish("楼道里的杂物清一清", 1),
    Wish("路灯坏了很久没修，晚上接孩子要打手电", 5, good=True),
    Wish("垃圾桶清运再勤一点，夏天味道太大", 1, good=True),
    Wish("遛狗要牵绳", 5),
    Wish("老小区加装电梯，我妈八十二了下不了楼", 3, good=True),
    Wish("广场舞音量小一点", 4),
    Wish("楼下烧烤摊夜里一点还在吵，孩子睡不好", 4, good=True),
    Wish("多办几次义诊"),
    Wish("办事窗口中午能不能不休息，上班的人只有中午有空", 6, good=True),
    Wish("物业费年年涨，楼道灯坏了报修三次没人来", 3, good=True),
    Wish("我家3栋2单元501室漏水一年了，物业一直推，我的电话13800138000", 3, good=True),
    Wish("小区门口僵尸车占着位子，没人管", 2),
    Wish("消防通道天天被车堵，出了事怎么办", 5, good=True),
    Wish("下水道一下雨就返味", 1),
    Wish("快递柜太少，东西都堆在门卫", 3),
    Wish("幼儿园门口放学时太堵，希望有人疏导", 2),
    Wish("我叫王建国，住12号楼，门口的井盖松了，请来看看", 5, good=True),
    Wish("健身器材生锈了，孩子玩不安全", 5),
    Wish("希望社区多通知，我们租房的什么消息都不知道", 6, good=True),
    Wish("居住证办理要跑两趟，材料能不能一次说清", 6),
    Wish("装修从早上六点开始，没人管", 4),
    Wish("绿化带里都是狗屎", 1),
    Wish("菜场地面湿滑，老人容易摔", 1),
    Wish("张阿姨他们在楼道里养鸡，味道大", 1),
    Wish("门禁坏了半年，谁都能进来", 5, good=True),
    Wish("外卖车在人行道上骑得飞快", 5),
    Wish("社区医院能不能多一个大夫"),
    Wish("公交少，下班等半个多小时", 0),
    Wish("老人食堂几时开？盼了两年了"),
    Wish("没有什么意见"),
    Wish("挺好的，谢谢社区工作人员"),
    Wish("监控坏了，电瓶车丢了两回", 5),
    Wish("垃圾分类的桶放得太远，老人走不动", 1, good=True),
    Wish("雨天门口积水，要绕路走", 1),
    Wish("业委会选了一年还没选出来", 3),
)
