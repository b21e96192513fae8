/** The cities of Zhejiang and their districts and counties; the centres in them are made up. */
export interface City {
  readonly id: string;
  readonly en: string;
  readonly zh: string;
  /** Pinyin and name of each. */
  readonly counties: readonly (readonly [string, string])[];
}

export const cities: readonly City[] = [
  city("Hangzhou", "杭州", [
    "Shangcheng 上城, Gongshu 拱墅, Xihu 西湖, Binjiang 滨江, Xiaoshan 萧山, Yuhang 余杭",
    "Linping 临平, Qiantang 钱塘, Fuyang 富阳, Linan 临安, Tonglu 桐庐, Chunan 淳安, Jiande 建德",
  ]),
  city("Ningbo", "宁波", [
    "Haishu 海曙, Jiangbei 江北, Zhenhai 镇海, Beilun 北仑, Yinzhou 鄞州, Fenghua 奉化",
    "Yuyao 余姚, Cixi 慈溪, Ninghai 宁海, Xiangshan 象山",
  ]),
  city("Wenzhou", "温州", [
    "Lucheng 鹿城, Longwan 龙湾, Ouhai 瓯海, Dongtou 洞头, Ruian 瑞安, Yueqing 乐清",
    "Longgang 龙港, Yongjia 永嘉, Pingyang 平阳, Cangnan 苍南, Wencheng 文成, Taishun 泰顺",
  ]),
  city("Jiaxing", "嘉兴", [
    "Nanhu 南湖, Xiuzhou 秀洲, Haining 海宁, Pinghu 平湖, Tongxiang 桐乡, Jiashan 嘉善, Haiyan 海盐",
  ]),
  city("Huzhou", "湖州", ["Wuxing 吴兴, Nanxun 南浔, Deqing 德清, Changxing 长兴, Anji 安吉"]),
  city("Shaoxing", "绍兴", [
    "Yuecheng 越城, Keqiao 柯桥, Shangyu 上虞, Zhuji 诸暨, Shengzhou 嵊州, Xinchang 新昌",
  ]),
  city("Jinhua", "金华", [
    "Wucheng 婺城, Jindong 金东, Lanxi 兰溪, Yiwu 义乌, Dongyang 东阳, Yongkang 永康",
    "Wuyi 武义, Pujiang 浦江, Panan 磐安",
  ]),
  city("Quzhou", "衢州", [
    "Kecheng 柯城, Qujiang 衢江, Jiangshan 江山, Changshan 常山, Kaihua 开化, Longyou 龙游",
  ]),
  city("Zhoushan", "舟山", ["Dinghai 定海, Putuo 普陀, Daishan 岱山, Shengsi 嵊泗"]),
  city("Taizhou", "台州", [
    "Jiaojiang 椒江, Huangyan 黄岩, Luqiao 路桥, Linhai 临海, Wenling 温岭, Yuhuan 玉环",
    "Tiantai 天台, Xianju 仙居, Sanmen 三门",
  ]),
  city("Lishui", "丽水", [
    "Liandu 莲都, Longquan 龙泉, Qingtian 青田, Yunhe 云和, Qingyuan 庆元, Jinyun 缙云",
    "Suichang 遂昌, Songyang 松阳, Jingning 景宁",
  ]),
];

/** Cities next to each other that have a line of their own, besides each one's to Hangzhou. */
export const neighbours: readonly (readonly [string, string])[] = [
  ["huzhou", "jiaxing"],
  ["jiaxing", "shaoxing"],
  ["shaoxing", "ningbo"],
  ["ningbo", "zhoushan"],
  ["ningbo", "taizhou"],
  ["taizhou", "wenzhou"],
  ["wenzhou", "lishui"],
  ["lishui", "jinhua"],
  ["jinhua", "quzhou"],
  ["jinhua", "shaoxing"],
];

function city(en: string, zh: string, counties: readonly string[]): City {
  const words = counties.flatMap((line) => line.split(", "));
  return {
    id: en.toLowerCase(),
    en,
    zh,
    counties: words.map((word) => word.split(" ") as unknown as readonly [string, string]),
  };
}
