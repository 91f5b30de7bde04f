#pragma once

#include <filesystem>
#include <string_view>

#include "contracts/outcome.h"

namespace reelbatch::store {

/// The events of a result, together with the facts about their video: its name and place, the facts
/// of its container, and of decoding. `source_sha256` may be empty. A result without events gives
/// an empty list.
contracts::EventList DescribeVideo(const std::filesystem::path& video,
                                   std::string_view source_sha256,
                                   const contracts::VideoOutcome& outcome,
                                   const contracts::ComponentResult& result);

}  // namespace reelbatch::store
