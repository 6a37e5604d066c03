/* Products: which category, what they cost and weigh, and who sells them. */
#include "data/shop.h"

/* The category by a product's place among all of them: 610 have none; of the others each category
 * has its share, and at least its first product where there are enough. */
static int category_at(const struct cfn__shop *shop, int64_t place) {
    int64_t unknown = cfn__scaled(shop->scale, 610), sum = 0, all = 0;
    if (place < unknown)
        return -1;
    for (int i = 0; i < cfn__category_count; i++)
        all += cfn__categories[i].products;
    for (int i = cfn__category_count - 1; i > 0; i--) { /* the rarest first */
        sum += cfn__categories[i].products;
        if ((place - unknown) * all < sum * (shop->products - unknown))
            return i;
    }
    return 0;
}

static void measure(struct cfn__random *random, const struct cfn__category *category,
                    struct cfn__product *product) {
    int64_t weight = cfn__log_normal(random, category ? category->weight : 800, 78000);
    int64_t side = 4 + cfn__root(weight * 25) / 10; /* larger things are lighter for their size */
    product->weight = weight < 50 ? 50 : weight > 40425 ? 30000 : weight;
    product->weight = product->weight > 1000 ? product->weight / 50 * 50 : product->weight;
    product->length = 16 + cfn__below(random, 2 * side);
    product->height = 2 + cfn__below(random, side);
    product->width = 11 + cfn__below(random, side + side / 2);
    product->length = product->length > 105 ? 105 : product->length;
    product->height = product->height > 105 ? 105 : product->height;
    product->width = product->width > 118 ? 118 : product->width;
}

void cfn__product(const struct cfn__shop *shop, int64_t number, struct cfn__product *product) {
    struct cfn__random random = cfn__stream(shop->seed, CFN__FOR_PRODUCT, (uint64_t)number);
    int64_t place = cfn__shuffled(&shop->categories, number);
    *product = (struct cfn__product){.category = category_at(shop, place)};
    const struct cfn__category *category =
        product->category < 0 ? NULL : &cfn__categories[product->category];
    product->price = cfn__log_normal(&random, (category ? category->price : 75) * 100, 80000);
    product->price = product->price / 100 * 100 + (cfn__chance(&random, 600) ? 90 : 99);
    measure(&random, category, product);
    /* One of the two without measures has no name either. */
    int64_t unmeasured = cfn__scaled(shop->scale, 2), first = cfn__scaled(shop->scale, 610) - 1;
    product->unmeasured = place >= first && place < first + unmeasured;
    if (place >= first + unmeasured && place < first + unmeasured + cfn__scaled(shop->scale, 4))
        product->weight = 0;
}

/* The first products have one seller each, so that everybody sells something; most others are sold
 * by a few large ones. */
int64_t cfn__seller_of(const struct cfn__shop *shop, int64_t product) {
    struct cfn__random random = cfn__stream(shop->seed, CFN__FOR_SELLER_ID, (uint64_t)product);
    int64_t drawn = cfn__below(&random, 1 << 20);
    if (product < shop->sellers)
        return product;
    return ((drawn * drawn >> 20) * drawn >> 20) * shop->sellers >> 20;
}

static void put_described(struct cfn__row *row, struct cfn__random *random, int category) {
    if (category < 0) {
        for (int i = 0; i < 4; i++)
            cfn__row_null(row);
        return;
    }
    int64_t name = 48 + cfn__bell(random) / 6500, photos = 1;
    while (photos < 20 && cfn__chance(random, 520))
        photos++;
    cfn__row_text(row, cfn__categories[category].name);
    cfn__row_number(row, name < 5 ? 5 : name > 76 ? 76 : name);
    int64_t description = 4 + cfn__log_normal(random, 590, 75000);
    cfn__row_number(row, description > 3992 ? 3992 : description);
    cfn__row_number(row, photos);
}

void cfn__product_row(const struct cfn__shop *shop, int64_t number, int category,
                      struct cfn__row *row) {
    struct cfn__random random =
        cfn__stream(shop->seed, CFN__FOR_PRODUCT, UINT64_MAX - (uint64_t)number);
    struct cfn__product product;
    cfn__product(shop, number, &product);
    cfn__row_begin(row);
    cfn__id(shop, CFN__FOR_PRODUCT_ID, number, row);
    put_described(row, &random, category == CFN__OWN_CATEGORY ? product.category : category);
    const int64_t measures[] = {product.weight, product.length, product.height, product.width};
    for (int i = 0; i < 4; i++)
        if (product.unmeasured)
            cfn__row_null(row);
        else
            cfn__row_number(row, measures[i]);
}

int64_t cfn__translations(void) {
    int64_t count = 0;
    for (int i = 0; i < cfn__category_count; i++)
        count += cfn__categories[i].english != NULL;
    return count;
}

void cfn__translation_row(int64_t number, struct cfn__row *row) {
    int category = 0;
    while (!cfn__categories[category].english || number-- > 0)
        category++;
    cfn__row_begin(row);
    cfn__row_text(row, cfn__categories[category].name);
    cfn__row_text(row, cfn__categories[category].english);
}
