#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reelbatch::contracts {

/// How much is computed per frame. What a preset means for a component, the component knows.
enum class Preset : uint8_t { kQuality, kDefault, kFast };
std::string_view PresetName(Preset preset);
/// None: no preset has this name.
std::optional<Preset> PresetNamed(std::string_view name);

/// The preset of one video, and who chose it: "S=720" or "asked for".
struct PresetChoice {
  Preset preset = Preset::kDefault;
  std::string reason = {};
  friend bool operator==(const PresetChoice&, const PresetChoice&) = default;
};

}  // namespace reelbatch::contracts
