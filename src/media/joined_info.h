#pragma once

#include <vector>

#include "contracts/video.h"

namespace reelbatch::media {

/// The first file's facts, with sums of lengths, counts and bytes where every file knows its own,
/// rates where all agree (else 0/1), and whatever holds for at least one (alpha, sound, fields).
contracts::VideoInfo JoinInfos(const std::vector<contracts::VideoInfo>& infos);

/// `joined` with the largest width, height, depth and number of reference frames of all.
contracts::VideoInfo WithLargest(contracts::VideoInfo joined,
                                 const std::vector<contracts::VideoInfo>& infos);

/// One file's share of a joined report.
struct PartReport {
  contracts::SourcePart part;
  contracts::DecodeReport report;
  double frame_s = 0;  // how long a frame lasts, as observed
};

/// The report of all files that were reached, in order. Indices and times are of the joined
/// timeline. `past_range_s` as in DecodeReport, on the joined clock.
contracts::DecodeReport JoinReports(const std::vector<PartReport>& parts);

}  // namespace reelbatch::media
