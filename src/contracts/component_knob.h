#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace reelbatch::contracts {

/// What a user sets of a component.
using KnobSetting = std::variant<bool, double, std::string, std::vector<std::string>>;
/// By the name of the knob; names are unique over all components of a program.
using KnobSettings = std::map<std::string, KnobSetting, std::less<>>;

enum class KnobType : uint8_t {
  kSwitch,   // bool
  kNumber,   // double
  kChoice,   // string: one of `choices`
  kChoices,  // strings: some of `choices`, in their order
  kReuse,    // string, a ReuseName(): whether it takes what `other` has found
};

/// One setting of a component, declared once: its options, its key in configuration files, its
/// help, its place in a result's identity follow from it.
struct ComponentKnob {
  std::string name;    // in identities: "min_confidence"
  std::string option;  // and key of configuration files: "min-confidence"; kReuse: "NAME" of
                       // --prefer-NAME and --require-NAME
  KnobType type = KnobType::kSwitch;
  std::string value_name = {};  // what help calls the value
  std::string help = {};        // kReuse: what is taken, for both options
  KnobSetting usual = {};  // its default; an empty list: settling the configuration fills it in
  std::vector<std::string> choices = {};
  double low = 0;  // of a number; low itself is not one of them
  double high = 1;
  std::string other = {};  // of kReuse: the component
  /// False: it changes no number of the result, and is no part of its identity.
  bool hashed = true;
  /// Whether identities name it also where it has its usual value. Only knobs that were there
  /// before this rule: a knob that is added must not change what is already made.
  bool always_named = false;
};

/// Whether a component takes what another one has found.
enum class Reuse : uint8_t {
  kNever,
  kPrefer,   // where it is there; else it does without, and says so
  kRequire,  // or the run does not begin
};
std::string_view ReuseName(Reuse reuse);

}  // namespace reelbatch::contracts
