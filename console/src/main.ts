import './style/font.css'
import './style/tokens.css'
import './style/base.css'
import { mount } from 'svelte'
import Root from './Root.svelte'
import { theme } from './lib/theme.svelte'

theme.apply()
mount(Root, { target: document.getElementById('app')! })
