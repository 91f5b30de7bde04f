#pragma once

#include <optional>
#include <string>

#include "apps/reelbatch/option_table.h"
#include "store/exports/export_clock.h"
#include "store/exports/shot_lengths.h"

namespace reelbatch::app {

/// --export-rate and --drop-frame.
void AddClockOptions(OptionTable& table, store::ClockOptions& clock);

/// --min-shot and --max-shot.
void AddShotLengthOptions(OptionTable& table, contracts::ShotLengths& lengths);

/// "--min-shot joined 2 short shots to a neighbour; --max-shot cut 1 long shot into 3 parts, ...";
/// empty: nothing changed.
std::string ShotLengthText(const store::ShotLengthChanges& changes);

}  // namespace reelbatch::app
