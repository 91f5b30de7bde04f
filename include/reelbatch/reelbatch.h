#pragma once

#include "reelbatch/component.h"
#include "reelbatch/detector.h"
#include "reelbatch/error.h"
#include "reelbatch/log.h"
#include "reelbatch/result.h"
#include "reelbatch/session.h"
#include "reelbatch/version.h"
