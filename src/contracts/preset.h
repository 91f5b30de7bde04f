#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reelbatch::contracts {

/// How much is computed per frame. Every component defines what a preset means for it.
enum class Preset : uint8_t { kQuality, kDefault, kFast };
std::string_view PresetName(Preset preset);
/// None: there is no preset with this name.
std::optional<Preset> PresetNamed(std::string_view name);

/// The preset of one video, and why it was chosen: "S=720" or "asked for".
struct PresetChoice {
  Preset preset = Preset::kDefault;
  std::string reason = {};
  friend bool operator==(const PresetChoice&, const PresetChoice&) = default;
};

}  // namespace reelbatch::contracts
