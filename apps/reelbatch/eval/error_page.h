#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "contracts/event_list.h"
#include "eval/report.h"

namespace reelbatch::app {

/// The details of one clip in addition to its score.
struct ClipDetails {
  std::filesystem::path video;                  // empty: not found
  std::optional<contracts::EventList> signals;  // if it was analysed now
};

/// A page of every miss and every false event of `row`: DIR/ROW.html with eleven frames around each
/// (DIR/ROW/*.jpg) and the signals that were recorded there. Returns how many there are.
/// Errors: io, corrupt (a frame did not come again), cancelled.
base::Result<int> WriteErrorPage(const eval::Row& row,
                                 const std::map<std::string, ClipDetails>& details,
                                 const std::filesystem::path& folder,
                                 const base::CancelToken& cancel);

}  // namespace reelbatch::app
