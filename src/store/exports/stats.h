#pragma once

#include <string>

#include "store/cuts_record.h"

namespace reelbatch::store {

/// The signals in the shape of PySceneDetect's statistics file: "Frame Number,Timecode," and a
/// column per signal, a row per frame that was analysed. Frame numbers count from 1, times as a
/// player counts them. What compares a frame with the one before stands in the later one's row. A
/// field is empty where a signal was not computed. Columns: hist_diff_l1, ssim_drop, flow_mag,
/// hard_score; where the parts ran, soft_hsv_v, soft_lab_l, motion_flow_mag, motion_dir_consistency
/// and motion_mag_variance: the names and numbers of cut_detection.npz. A record without signals
/// gives the header alone. Source: PySceneDetect, `StatsManager.save_to_csv`.
std::string CutsStats(const CutsRecord& record);

}  // namespace reelbatch::store
