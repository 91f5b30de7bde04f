#include "contracts/preset.h"

namespace reelbatch::contracts {

std::string_view PresetName(Preset preset) {
  switch (preset) {
    case Preset::kQuality:
      return "quality";
    case Preset::kDefault:
      return "default";
    case Preset::kFast:
      return "fast";
  }
  return "default";
}

std::optional<Preset> PresetNamed(std::string_view name) {
  for (const Preset preset : {Preset::kQuality, Preset::kDefault, Preset::kFast}) {
    if (name == PresetName(preset)) return preset;
  }
  return std::nullopt;
}

}  // namespace reelbatch::contracts
