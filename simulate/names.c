// Two lists of characters give the places, and the commonest surnames and given names the people, surnames by
// how common they are.
#include "simulate/names.h"

#define CHARACTER 3 // bytes of each character here in UTF-8

// 50 x 50 = NAMES_PLACES
static const char place_first[] =
    "青红白黄金银玉石松柏柳杨梅兰竹桃李杏榆槐东西南北上下新古大小清碧丰泰和平安宁长永"
    "双三龙凤云霞星月春秋";
static const char place_second[] =
    "山水河湖江溪泉塘湾岭坡岗坪川原沟桥渡口堡寨屯庄营台楼亭阁源林园田畈圩埠港洲岛屿峰崖"
    "谷坝堰渠井沙石泽汀";

// Each surname as often as it weighs.
static const struct {
    const char *name;
    uint32_t weight;
} surnames[] = {
    {"王", 72}, {"李", 70}, {"张", 68}, {"刘", 54}, {"陈", 45}, {"杨", 31}, {"赵", 23}, {"黄", 22},
    {"周", 21}, {"吴", 20}, {"徐", 17}, {"孙", 15}, {"胡", 13}, {"朱", 13}, {"高", 12}, {"林", 12},
    {"何", 11}, {"郭", 11}, {"马", 10}, {"罗", 9},  {"梁", 8},  {"宋", 8},  {"郑", 8},  {"谢", 7},
    {"韩", 7},  {"唐", 7},  {"冯", 6},  {"于", 6},  {"董", 6},  {"萧", 6},  {"程", 5},  {"曹", 5},
    {"袁", 5},  {"邓", 5},  {"许", 5},  {"傅", 4},  {"沈", 4},  {"曾", 4},  {"彭", 4},  {"欧阳", 1},
};

static const char given[] =
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉萍红建国志文斌辉波宁鹏飞玲云春梅兰凤洁琳"
    "素珍莉荣爱妹雪慧巧美娥婷佳嘉瑞晨欣怡子涵宇轩浩然俊博思远立新庆生德福成林东海";

static uint32_t names_count(size_t size)
{
    return (uint32_t)((size - 1) / CHARACTER);
}

static void names_put(const char *list, uint32_t index, Text *name)
{
    text_append_bytes(name, list + (size_t)index * CHARACTER, CHARACTER);
}

void names_place(uint32_t index, Text *name)
{
    uint32_t firsts = names_count(sizeof(place_first)), seconds = names_count(sizeof(place_second));

    // A stride without a common divisor spreads neighbours over both lists.
    uint32_t mixed = (uint32_t)(((uint64_t)index * 947 + 17) % (firsts * seconds));
    names_put(place_first, mixed / seconds, name);
    names_put(place_second, mixed % seconds, name);
}

void names_person(Dice *dice, Text *name)
{
    uint32_t total = 0, pick;
    size_t i = 0;

    for (size_t k = 0; k < sizeof(surnames) / sizeof(surnames[0]); k++)
        total += surnames[k].weight;
    for (pick = dice_below(dice, total); pick >= surnames[i].weight; i++)
        pick -= surnames[i].weight;
    text_append(name, surnames[i].name);
    for (uint32_t left = dice_chance(dice, 750) ? 2 : 1; left > 0; left--)
        names_put(given, dice_below(dice, names_count(sizeof(given))), name);
}

const char *names_unit(OrgSector sector, uint32_t index)
{
    static const char *const government[] = {"镇机关党支部", "卫生院党支部", "供电所党支部", "财政所党支部",
                                             "县直机关党支部"};
    static const char *const two_new[] = {"农机公司党支部", "食品公司党支部", "物流园党支部", "商会党支部"};
    static const char *const school[] = {"中学党支部", "中心小学党支部"};

    switch (sector) {
    case SECTOR_COMMUNITY:
        return "社区党支部";
    case SECTOR_GOVERNMENT:
        return government[index % 5];
    case SECTOR_TWO_NEW:
        return two_new[index % 4];
    case SECTOR_SCHOOL:
        return school[index % 2];
    default:
        return "村党支部";
    }
}
