/* What people write: sentences by how content they are, with the commas, quotes, line breaks and
 * pictures that make such texts hard to read for a careless program. */
#include "data/shop.h"

#include <stdio.h>
#include <string.h>

struct phrases {
    const char *const *list;
    int count;
};
#define PHRASES(list)                                                                              \
    { list, sizeof list / sizeof *list }

static const char *const good_titles[] = {
    "Recomendo",
    "Muito bom",
    "Super recomendo",
    "Ótimo",
    "Excelente",
    "Perfeito",
    "Nota 10",
    "10",
    "Adorei",
    "Ótima compra",
    "Bom produto",
    "Tudo certo",
    "Rápido, seguro",
    "Gostei muito 😍",
    "👍👍👍",
    "Satisfeita",
    "Vale a pena!",
    "ok",
    "Produto nota 10",
    "Chegou antes do prazo",
};
static const char *const fair_titles[] = {
    "Regular",       "Razoável",         "Bom",   "Mais ou menos",
    "Esperava mais", "Demorou um pouco", "Médio", "Bom, mas...",
};
static const char *const bad_titles[] = {
    "Não recomendo",    "Péssimo",
    "Não recebi",       "Produto errado",
    "Decepcionada",     "Atraso",
    "Veio com defeito", "Entrega incompleta",
    "Nunca mais 😡",     "Quero \"meu\" dinheiro",
    "Cadê o produto?",  "Ruim",
};
static const char *const good[] = {
    "Chegou antes do prazo.",
    "Produto de ótima qualidade, bem embalado.",
    "Recomendo a loja, o atendimento é excelente!",
    "Gostei muito, vou comprar outra vez.",
    "Exatamente como na foto.",
    "Entrega rápida e produto conforme o anúncio",
    "Minha filha adorou o presente 🎁",
    "Muito bonito e funciona perfeitamente.",
    "Tudo certo, obrigado.",
    "Superou as minhas expectativas 😍😍",
    "Preço bom e entrega \"relâmpago\"!",
    "Material resistente; vale cada centavo.",
    "Parabéns a toda a equipe.",
    "Ótimo",
    "Comprei dois e os dois chegaram perfeitos.",
    "Fácil de montar, manual claro.",
};
static const char *const fair[] = {
    "O produto é bom, mas a entrega demorou.",
    "Cor um pouco diferente da foto.",
    "Serve para o que preciso, nada além disso.",
    "Esperava um tamanho maior.",
    "A caixa chegou amassada, o conteúdo estava inteiro.",
    "Bom custo, acabamento simples",
    "Faltou o manual de instruções.",
    "Só o frete que achei caro: quase o preço do produto.",
};
static const char *const bad[] = {
    "Ainda não recebi o produto.",          "Comprei dois e recebi apenas um, aguardo retorno.",
    "Veio com defeito e ninguém responde.", "Produto errado, pedi \"azul\" e veio preto.",
    "Atrasou mais de duas semanas!",        "Péssima qualidade, quebrou no primeiro dia.",
    "Já mandei três mensagens e nada 😡",    "A nota fiscal não veio, preciso dela para a troca.",
    "Não é original como dizia o anúncio",  "Consta como entregue; eu não recebi.",
    "Quero a devolução do meu dinheiro.",   "Muito abaixo do esperado.",
};

static const struct phrases titles[] = {PHRASES(bad_titles), PHRASES(fair_titles),
                                        PHRASES(good_titles)};
static const struct phrases sentences[] = {PHRASES(bad), PHRASES(fair), PHRASES(good)};

/* 1 and 2, 3, 4 and 5. */
static int mood_of(int score) {
    return score < 3 ? 0 : score == 3 ? 1 : 2;
}

static const char *one(struct cfn__random *random, const struct phrases *phrases) {
    return phrases->list[cfn__below(random, phrases->count)];
}

const char *cfn__review_title(struct cfn__random *random, int score) {
    return one(random, &titles[mood_of(score)]);
}

void cfn__review_message(struct cfn__random *random, int score, char *text, size_t size) {
    int64_t count =
        1 + cfn__chance(random, 520) + cfn__chance(random, 300) + cfn__chance(random, 90);
    size_t used = 0;
    for (int64_t i = 0; i < count; i++) {
        const char *between = i == 0 ? "" : cfn__chance(random, 130) ? "\r\n" : " ";
        const char *sentence = one(random, &sentences[mood_of(score)]);
        size_t more = strlen(between) + strlen(sentence);
        if (used + more >= size)
            break;
        snprintf(text + used, size - used, "%s%s", between, sentence);
        used += more;
    }
}
