#pragma once

#include <string>

#include "contracts/event_list.h"

namespace reelbatch::store {

/// The signals in the shape of PySceneDetect's statistics file: "Frame Number,Timecode," and a
/// column per signal, a row per frame that was analysed. Frame numbers count from 1, times as a
/// player counts them. What compares a frame with the one before stands in the later one's row. A
/// field is empty where a signal was not computed. Columns: the record's signals, in their order. A
/// record without signals gives the header alone. Source: PySceneDetect,
/// `StatsManager.save_to_csv`.
std::string CutsStats(const contracts::EventList& record);

}  // namespace reelbatch::store
