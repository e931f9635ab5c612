/* What is done in a trial: acts of ways, boots, time.  A trial is a lab of its own; whoever owns it
 * may throw it away.  Called by sim/predict alone, and by tests that do a way for real. */
#ifndef CUCMLAB_PREDICT_TRY_H
#define CUCMLAB_PREDICT_TRY_H

#include "sim/predict/way.h"

/* A trial with these phones alone, once nothing is under way any more.  However many they are, none
 * takes another's place at a TFTP server. */
struct lab *try_as_they_stand(struct lab *lab, const uint32_t *phones, uint32_t count);
/* The same without power. */
struct lab *try_alone(struct lab *lab, const uint32_t *phones, uint32_t count);

/* Time passes until nothing is under way: services start, lists are rebuilt, rows of the database
 * reach the other nodes. */
void try_quiet(struct lab *lab);

/* All phones are without power from now on. */
void try_off(struct lab *lab);

/* All phones boot, from off where they have power, again and again until a boot changes nothing any
 * more, and whoever has secured services, or had lost them (`had`), presses Directories.  lost[] by
 * phone: FSM_BIT of each function; a phone that does not register has no services either.  boots[]
 * by phone: how many it took until nothing changed, at least one; NULL: not asked. */
void try_boots(struct lab *lab, const uint8_t *had, uint8_t *lost, uint8_t *boots);
/* The same but for phones of but[], which have no power and keep lost[] and boots[]. */
void try_boots_but(struct lab *lab, const bool *but, const uint8_t *had, uint8_t *lost,
                   uint8_t *boots);

/* The end of that, without the boots. */
void try_press(struct lab *lab, const uint8_t *had, uint8_t *lost);

/* What hands do at this phone. */
enum way_hand try_hand(const struct lab *lab, uint32_t phone);
/* That, at each of these; to be followed by boots. */
void try_hands(struct lab *lab, const uint32_t *phones, uint32_t count);

/* What a boot of this phone starts from and what it may change: no more than that decides it. */
uint64_t try_state(const struct lab *lab, uint32_t phone);

/* Acts that could be of use as things are now, the narrowest first.  Returns how many there are;
 * writes at most `most`.  `places`: where phones of the lab ever looked for their files. */
#define TRY_ACTS 1024
struct try_places {
    const struct phone_place *list;
    uint32_t count;
    uint32_t contents; /* what there was when the search began, 0: no matter; a certificate that an
                        * act of the search made cannot be named by the next */
};
uint32_t try_acts(const struct lab *lab, const struct try_places *places, struct way_act *out,
                  uint32_t most);

/* Does one, and restarts what is to be restarted behind it; no time passes.  On phones: on those
 * among phones[] where it makes a difference; time passes where they have to boot first. */
void try_act(struct lab *lab, const struct way_act *a, const uint32_t *phones, uint32_t count);

#endif
