#pragma once

#include <filesystem>
#include <string_view>

#include "contracts/outcome.h"

namespace reelbatch::store {

/// The events of a result, with what is known of their video: its name and place, what its
/// container says, what decoding found out. `source_sha256` may be empty. A result without events
/// gives a list without any.
contracts::EventList DescribeVideo(const std::filesystem::path& video,
                                   std::string_view source_sha256,
                                   const contracts::VideoOutcome& outcome,
                                   const contracts::ComponentResult& result);

}  // namespace reelbatch::store
